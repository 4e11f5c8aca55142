Feature: Opioid safety and medicines for addiction
  What else a person takes, how the liver and the kidneys work, and how long a dose was missed decide how a medicine is
  given. They are reasons for care. None of them is a reason to refuse treatment, and nothing is ever stopped suddenly.

  Rule: Buprenorphine

    Background:
      Given a person of 38 in outpatient care
      And opioid use disorder is active, severe

    @S1-04 @T38
    Scenario: A medicine that raises buprenorphine
      Given the medication list was reviewed today and holds buprenorphine and clarithromycin
      When the intake team asks for a recommendation
      Then buprenorphine is recommended because of "continue-buprenorphine-treatment"
      And a caution stands beside buprenorphine that says "Keep buprenorphine" because of "buprenorphine-with-medicine-that-changes-its-level"

    @S1-04 @T38
    Scenario: A medicine that lowered buprenorphine has ended
      Given the medication list was reviewed today and holds buprenorphine
      And rifampin is stopped, last 5 days ago
      When the intake team asks for a recommendation
      Then a caution stands beside buprenorphine that says "Watch for sedation after" because of "buprenorphine-after-an-interacting-medicine-ends"
      And buprenorphine is not withheld

    @S1-04 @T38
    Scenario: Long QT
      Given long QT is active
      When the intake team asks for a recommendation
      Then buprenorphine and methadone are recommended today
      And a caution stands beside buprenorphine that says "not a refusal" because of "buprenorphine-with-a-heart-rhythm-risk"
      And ecg is recommended soon

    @S1-04
    Scenario: Moving from methadone 60 mg
      Given methadone is taken, 60 mg a day
      And methadone.daily_mg is 60 mg/d
      And buprenorphine is proposed
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then a caution stands beside buprenorphine that says "never refuses" because of "methadone-above-30-mg-asks-for-a-careful-buprenorphine-start"
      And buprenorphine is not withheld

    @S1-04 @S1-12 @T14
    Scenario Outline: The liver decides about the injection and the product
      Given liver.child_pugh is <class>
      And the condition list was reviewed today
      And moud.hard_to_take_daily is yes
      When the intake team asks for a recommendation
      Then "buprenorphine-injection-not-in-moderate-or-severe-liver-disease" <injection>
      And "buprenorphine-with-naloxone-in-moderate-liver-disease" <moderate>
      And "buprenorphine-in-severe-liver-disease" <severe>
      And buprenorphine is recommended today

      Examples:
        | class | injection     | moderate      | severe        |
        | a     | does not hold | does not hold | does not hold |
        | b     | holds         | holds         | does not hold |
        | c     | holds         | does not hold | holds         |

    @S1-04 @S1-07 @S1-12
    Scenario: Daily doses cannot be kept safe
      Given moud.hard_to_take_daily is yes
      When the intake team asks for a recommendation
      Then extended-release-buprenorphine is recommended as routine because of "buprenorphine-injection-when-daily-doses-are-hard"

    @S1-04 @S1-07 @T38
    Scenario Outline: Reasons given for waiting
      Given moud.delayed_by is <reason>
      When the intake team asks for a recommendation
      Then buprenorphine and methadone are recommended today because of "nothing-of-this-holds-up-medication"
      And buprenorphine and methadone are not withheld

      Examples:
        | reason            |
        | prescriber_waiver |
        | sedatives         |
        | other_use         |
        | counselling       |
        | tests             |
        | mental_illness    |

    @S1-04 @T49
    Scenario: Three days without buprenorphine, and heroin yesterday
      Given buprenorphine is prescribed but not taken, last 3 days ago
      And opioid.days_since_last_use is 1 days
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then a caution stands beside buprenorphine that says "a new start may be needed" because of "missed-buprenorphine-with-opioid-use-is-thought-through-again"
      And prescriber-consultation and naloxone are recommended today

    @S2-01 @S1-04
    Scenario: By video, without an earlier visit in person
      Given telemedicine.us_rule_applies is yes
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then buprenorphine is recommended today because of "buprenorphine-by-telemedicine-in-the-us"
      And it asks for pdmp.checked_today

    @S2-01 @S1-04
    Scenario: The monitoring report was not looked at
      Given telemedicine.us_rule_applies is yes
      And pdmp.checked_today is no
      And the medication list was reviewed today and holds buprenorphine
      When the intake team asks for a recommendation
      Then buprenorphine is recommended
      And a caution stands beside buprenorphine that says "supplies of 7 days" because of "monitoring-report-before-buprenorphine-by-telemedicine"

    @S2-01 @S1-18 @T14
    Scenario Outline: The visit in person is arranged before the six months are over
      Given telemedicine.us_rule_applies is yes
      And telemedicine.buprenorphine_days is <days> days
      And the medication list was reviewed today and holds buprenorphine
      When the intake team asks for a recommendation
      Then "buprenorphine-by-telemedicine-nears-its-limit" <state>
      And buprenorphine is recommended

      Examples:
        | days | state         |
        | 149  | does not hold |
        | 150  | holds         |

  Rule: Methadone

    Background:
      Given a person of 45 in opioid treatment program care
      And opioid use disorder is active, severe

    @S1-04 @T14 @T49
    Scenario Outline: Missed days
      Given methadone is prescribed but not taken, last <days> days ago
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then "methadone-missed-three-days" <three>
      And "methadone-missed-five-days" <five>

      Examples:
        | days | three         | five          |
        | 2    | does not hold | does not hold |
        | 3    | holds         | does not hold |
        | 4    | holds         | does not hold |
        | 5    | holds         | holds         |

    @S1-04 @T14
    Scenario Outline: Another ECG from above 100 mg
      Given methadone is taken, 100 mg a day
      And methadone.daily_mg is <dose> mg/d
      And cardiac.unexplained_faint is no
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then "high-methadone-dose-or-fainting-asks-for-an-ecg" <state>
      And methadone is recommended

      Examples:
        | dose | state         |
        | 100  | does not hold |
        | 101  | holds         |

    @S1-17 @T55
    Scenario: A CYP2B6 result changes nothing
      Given pgx.cyp2b6 is poor
      And the medication list was reviewed today and holds methadone
      When the intake team asks for a recommendation
      Then methadone is recommended
      And a caution stands beside methadone that says "Do not lower, raise or hold methadone" because of "methadone-dose-does-not-follow-cyp2b6"

    @S1-07 @T14
    Scenario Outline: Take-home doses under the federal rule
      Given otp.days_in_treatment is <day> days
      And otp.take_home_days is <doses> days
      And the medication list was reviewed today and holds methadone
      When the intake team asks for a recommendation
      Then "take-home-methadone-beyond-the-federal-rule" <state>
      And methadone is recommended

      Examples:
        | day | doses | state         |
        | 14  | 7     | does not hold |
        | 14  | 8     | holds         |
        | 15  | 8     | does not hold |
        | 30  | 14    | does not hold |
        | 30  | 15    | holds         |
        | 31  | 15    | does not hold |
        | 31  | 28    | does not hold |
        | 31  | 29    | holds         |

  Rule: Naltrexone and other opioids

    Background:
      Given a person of 50 in outpatient care

    @S1-04 @S2-08
    Scenario: Surgery is planned
      Given alcohol use disorder is active
      And no opioid by history, medication list and urine test
      And the medication list was reviewed today and holds naltrexone
      And surgery.planned is yes
      When the intake team asks for a recommendation
      Then a caution stands beside naltrexone that says "at least 72 hours before" because of "naltrexone-before-surgery-needs-a-plan"
      And emergency-plan-card is recommended soon

    @S1-04 @T36 @T37
    Scenario Outline: What a drug test does not show
      Given alcohol use disorder is active
      And no opioid by history, medication list and urine test
      And lab.crcl is 90 mL/min
      And <finding> is yes
      When the intake team asks for a recommendation
      Then naltrexone is withheld because of "<rule>"
      And instead of naltrexone it offers acamprosate and topiramate

      Examples:
        | finding                   | rule                                                   |
        | opioid.unlisted_use       | kratom-tianeptine-or-nitazenes-count-as-opioids        |
        | naloxone_challenge.failed | naltrexone-not-after-a-failed-naloxone-challenge       |
        | otp.enrolled              | medicine-from-an-opioid-programme-rules-naltrexone-out |

    @S1-02 @T36
    Scenario: Opioid use disorder, and methadone that no list shows
      Given opioid use disorder is active
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then it asks for otp.enrolled
      And medication-reconciliation is recommended because of "opioid-use-disorder-asks-about-methadone-from-a-programme"

    @S1-04 @S2-08 @T38
    Scenario: Surgery on buprenorphine
      Given opioid use disorder is active
      And the medication list was reviewed today and holds buprenorphine
      And surgery.planned is yes
      When the intake team asks for a recommendation
      Then buprenorphine is recommended
      And a caution stands beside buprenorphine that says "Do not stop it for surgery" because of "buprenorphine-goes-on-through-surgery"
      And emergency-plan-card is recommended soon

    @S1-04 @S2-18 @T52
    Scenario: A pain clinic closes and a prescription ends
      Given the medication list was reviewed today and holds oxycodone
      And opioid.sudden_stop_planned is yes
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a prescriber (E4) because of "a-sudden-end-of-a-prescribed-opioid-is-prevented"
      And naloxone and suicide-risk-assessment are recommended today

    @S1-04 @T14
    Scenario Outline: Fifty morphine equivalents
      Given the medication list was reviewed today and holds oxycodone
      And the condition and event lists were reviewed today
      And opioid.mme_per_day is <dose> {MME}/d
      When the intake team asks for a recommendation
      Then "pain-opioids-with-a-risk-ask-for-naloxone" <state>

      Examples:
        | dose | state         |
        | 49   | does not hold |
        | 50   | holds         |

  Rule: Kidneys, liver and sedatives

    Background:
      Given a person of 55 in outpatient care

    @S1-04 @T14 @T51
    Scenario Outline: Gabapentin by creatinine clearance
      Given alcohol use disorder is active
      And lab.crcl is <clearance> mL/min
      When the intake team asks for a recommendation
      Then "gabapentin-dose-follows-the-kidneys" <mild>
      And "gabapentin-at-a-clearance-below-30" <low>
      And "gabapentin-at-a-clearance-below-15" <lowest>

      Examples:
        | clearance | mild          | low           | lowest        |
        | 60        | does not hold | does not hold | does not hold |
        | 59.9      | holds         | does not hold | does not hold |
        | 30        | holds         | does not hold | does not hold |
        | 29.9      | does not hold | holds         | does not hold |
        | 15        | does not hold | holds         | does not hold |
        | 14.9      | does not hold | does not hold | holds         |

    @S1-04 @T14
    Scenario Outline: Baclofen is not begun before the kidneys are known
      Given alcohol use disorder is active
      And liver disease is active
      And baclofen is proposed
      And lab.egfr is <rate> mL/min/{1.73_m2}
      When the intake team asks for a recommendation
      Then "baclofen-not-begun-with-severe-kidney-disease" <block>
      And "baclofen-lower-dose-with-kidney-disease" <reduce>

      Examples:
        | rate | block         | reduce        |
        | 29   | holds         | does not hold |
        | 30   | does not hold | holds         |
        | 59   | does not hold | holds         |
        | 60   | does not hold | does not hold |

    @S1-04
    Scenario: Baclofen wanted, and no kidney value at all
      Given alcohol use disorder is active
      And liver disease is active
      And baclofen is proposed
      When the intake team asks for a recommendation
      Then baclofen is withheld because of "baclofen-not-begun-with-severe-kidney-disease", as a precaution
      And it asks for lab.egfr

    @S1-04 @T13
    Scenario: A low eGFR asks for the clearance and decides nothing
      Given bipolar disorder is active
      And the medication list was reviewed today and holds lithium
      And lab.egfr is 50 mL/min/{1.73_m2}
      When the intake team asks for a recommendation
      Then laboratory-tests is recommended because of "a-medicine-the-kidneys-clear-asks-for-the-clearance"
      And it asks for lab.crcl

    @S1-04
    Scenario Outline: Disulfiram and the medicines whose level it raises
      Given alcohol use disorder is active
      And disulfiram is proposed
      And alcohol.hours_since_last_drink is 90 hours
      And every list was reviewed today
      And psychosis.current is no
      And she is not pregnant
      And <medicine> is taken
      When the intake team asks for a recommendation
      Then a caution stands beside disulfiram because of "disulfiram-with-medicines-whose-levels-rise"
      And it asks for support.supervised_doses

      Examples:
        | medicine      |
        | warfarin      |
        | phenytoin     |
        | isoniazid     |
        | theophylline  |
        | diazepam      |
        | amitriptyline |

    @S1-04 @T14
    Scenario Outline: Acetaminophen and drink
      Given alcohol use disorder is active
      And acetaminophen.daily_grams is <grams> g/d
      When the intake team asks for a recommendation
      Then "acetaminophen-with-heavy-drinking" <state>

      Examples:
        | grams | state         |
        | 2     | does not hold |
        | 2.5   | holds         |

    @S1-04
    Scenario Outline: A medicine that is hard on an ill liver
      Given liver disease is active
      And <medicine> is taken
      When the intake team asks for a recommendation
      Then prescriber-consultation and laboratory-tests are recommended because of "liver-disease-with-medicines-hard-on-the-liver"

      Examples:
        | medicine      |
        | naltrexone    |
        | disulfiram    |
        | carbamazepine |
        | nefazodone    |
        | kava          |

    @S1-04 @S2-18
    Scenario: Three sedating medicines and wine
      Given depressants.count is 3
      And alcohol.current_use is yes
      When the intake team asks for a recommendation
      Then medication-reconciliation, prescriber-consultation and naloxone are recommended soon because of "several-depressants-with-alcohol-are-listed-and-reviewed"

    @S1-04 @S2-18
    Scenario: Baclofen taken, and the kidneys fail
      Given baclofen is taken
      And lab.egfr is 25 mL/min/{1.73_m2}
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a prescriber (E4) because of "baclofen-taken-with-severe-kidney-disease"
      And the team is told "Do not stop it suddenly"

    @S1-04 @T52 @V43
    Scenario Outline: The first step of a benzodiazepine taper
      Given sedative use disorder is active
      And benzodiazepine.planned_cut_two_weeks is <cut> %
      When the intake team asks for a recommendation
      Then "benzodiazepine-taper-faster-than-the-usual-step" <quick>
      And "benzodiazepine-taper-faster-than-advised" <fast>

      Examples:
        | cut | quick         | fast          |
        | 10  | does not hold | does not hold |
        | 11  | holds         | does not hold |
        | 25  | holds         | does not hold |
        | 40  | does not hold | holds         |

    @S1-04 @S2-18 @T52
    Scenario: Alprazolam ran out four days ago after years
      Given alprazolam is prescribed but not taken, last 4 days ago
      And benzodiazepine.weeks_of_use is 200 weeks
      And the medication list was reviewed today
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a prescriber (E4) because of "sedative-stopped-suddenly-after-regular-use"
      And medical-review is recommended today

    @S1-04 @S2-18 @T52
    Scenario: Alprazolam ran out, and nobody knows how long it was taken
      Given alprazolam is prescribed but not taken, last 4 days ago
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then medical-review and withdrawal-assessment are recommended today because of "a-sedative-no-longer-taken-asks-how-long-it-was-taken"
      And it asks for benzodiazepine.weeks_of_use and sedative.withdrawal_signs

    @S1-04
    Scenario: Flumazenil for somebody who depends on a benzodiazepine
      Given flumazenil is proposed
      And the medication list was reviewed today and holds diazepam
      When the intake team asks for a recommendation
      Then flumazenil is withheld because of "flumazenil-not-in-sedative-dependence"

    @S1-04 @S2-18
    Scenario: Sodium oxybate wanted, and nobody asked about alcohol
      Given sodium oxybate is proposed
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then "sodium-oxybate-proposed-beside-alcohol-or-sedatives" cannot be settled
      And the first thing to do is a contact within 72 hours by a prescriber (E3) because of "sodium-oxybate-proposed-beside-alcohol-or-sedatives"

  Rule: Tobacco

    Background:
      Given a person of 33 in outpatient care
      And tobacco use disorder is active

    @S1-04 @S1-12 @T54
    Scenario: Varenicline beside schizophrenia
      Given psychosis is active
      And tobacco.varenicline_refused_for_mental_health is yes
      When the intake team asks for a recommendation
      Then varenicline and nicotine-replacement are recommended soon
      And varenicline is recommended because of "varenicline-is-not-withheld-for-mental-illness"
      And varenicline is not withheld

    @S1-04 @S2-05 @T48
    Scenario: Clozapine, and the wish to quit smoking
      Given the medication list was reviewed today and holds clozapine
      When the intake team asks for a recommendation
      Then prescriber-consultation and laboratory-tests are recommended because of "quitting-with-clozapine-or-olanzapine-asks-for-a-level-plan"
      And varenicline is recommended soon

    @S1-04 @T43
    Scenario: Bupropion for tobacco waits until its dangers are ruled out
      When the intake team asks for a recommendation
      Then "bupropion-for-tobacco-when-nothing-speaks-against-it" cannot be settled
      And bupropion is not recommended

    @S1-04 @T43
    Scenario: Bupropion for tobacco when everything is known
      Given every list was reviewed today
      And alcohol.stopping_now is no
      When the intake team asks for a recommendation
      Then bupropion is recommended as routine because of "bupropion-for-tobacco-when-nothing-speaks-against-it"

  Rule: Older people

    @S1-02 @T87 @T14
    Scenario Outline: An AUDIT of seven above 65
      Given a person of <age> in outpatient care
      And the AUDIT total is <total>
      When the intake team asks for a recommendation
      Then "a-lower-audit-counts-above-65" <state>

      Examples:
        | age | total | state         |
        | 65  | 7     | does not hold |
        | 66  | 7     | holds         |
        | 66  | 6     | does not hold |

    @S1-02 @S1-04 @T87
    Scenario: A fall, a sleeping medicine and drink
      Given a person of 74 in outpatient care
      And falls.last_year is yes
      And the medication list was reviewed today and holds zolpidem
      When the intake team asks for a recommendation
      Then medication-reconciliation and prescriber-consultation are recommended because of "falls-with-sedation-ask-for-a-medicine-review"
      And benzodiazepine-taper is recommended as routine because of "benzodiazepine-in-use-from-65-is-talked-over"

    @S1-02 @T87
    Scenario: Nobody asked about falls
      Given a person of 70 in outpatient care
      And alcohol use disorder is active
      When the intake team asks for a recommendation
      Then it asks for falls.last_year and confusion.new

    @S2-18 @T87
    Scenario: New confusion at 80
      Given a person of 80 in outpatient care
      And confusion.new is yes
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "new-confusion-in-an-older-person-is-delirium-until-shown-otherwise"
