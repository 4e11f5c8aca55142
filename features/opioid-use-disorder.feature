Feature: Opioid use disorder
  Medication for opioid use disorder is offered today, together with treatment of whatever else there is. Other medicines,
  ongoing use, missing tests and missed counselling are reasons for care, never reasons to refuse. Naloxone goes to
  everybody who might need it.

  Rule: Both disorders are treated at once

    @S1-01 @S1-04 @S2-04 @T44 @T61
    Scenario: Opioid use disorder with depression
      Given a person of 36 in outpatient care
      And opioid use disorder is active, severe
      And the PHQ-9 was answered 2, 2, 2, 2, 2, 2, 1, 1, 0
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then buprenorphine and methadone are recommended today because of "offer-medication-for-opioid-use-disorder"
      And ssri and cbt are recommended soon because of "depression-treated-with-opioid-use-disorder"
      And naloxone and overdose-education are recommended
      And instead of buprenorphine it offers methadone

    @S1-01 @S1-03 @S1-04 @T61
    Scenario: Opioid use disorder with post-traumatic stress
      Given a person of 36 in outpatient care
      And opioid use disorder is active, moderate
      And PTSD is active
      And use.days_last_30 is 25
      When the intake team asks for a recommendation
      Then buprenorphine and methadone are recommended today
      And trauma-focused-therapy is recommended soon because of "trauma-treated-with-opioid-use-disorder"

    @S1-04 @T14
    Scenario Outline: A PHQ-9 of ten or more calls for treatment of depression
      Given a person of 36 in outpatient care
      And opioid use disorder is active, severe
      And the condition list was reviewed today
      And the PHQ-9 total is <total>
      When the intake team asks for a recommendation
      Then "depression-treated-with-opioid-use-disorder" <state>

      Examples:
        | total | state         |
        | 9     | does not hold |
        | 10    | holds         |

    @S1-04
    Scenario: Somebody on methadone who needs an antidepressant
      Given a person of 36 in opioid treatment program care
      And opioid use disorder is active, severe
      And depression is active, moderate
      And the medication list was reviewed today and holds methadone
      When the intake team asks for a recommendation
      Then ssri is recommended
      And a caution stands beside ssri that says "Consider sertraline" because of "methadone-prefers-low-qt-antidepressant"

  Rule: Nothing of this blocks medication for opioid use disorder

    @S1-04 @V15 @T38
    Scenario: Daily alprazolam, and the person wants buprenorphine
      Given a person of 41 in outpatient care
      And opioid use disorder is active, severe
      And alprazolam is taken
      And buprenorphine is proposed
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then buprenorphine is recommended today because of "offer-medication-for-opioid-use-disorder"
      And a caution stands beside buprenorphine that says "Do not deny or stop it" because of "sedatives-do-not-block-opioid-treatment"
      And naloxone is recommended
      And benzodiazepine-taper is recommended because of "benzodiazepine-with-opioid-gets-a-slow-taper-plan"
      And buprenorphine, methadone are not withheld
      And a caution stands beside benzodiazepine that says "Do not stop suddenly"

    @S1-04 @T38 @T62
    Scenario Outline: Reasons that some take for a refusal
      Given a person of 41 in outpatient care
      And opioid use disorder is active, severe
      And <reason>
      When the intake team asks for a recommendation
      Then buprenorphine is recommended today
      And buprenorphine and methadone are not withheld

      Examples:
        | reason                                  |
        | alprazolam is taken                     |
        | tox.benzodiazepines is yes              |
        | cannabis use disorder is active, severe |
        | alcohol.current_use is yes              |
        | gabapentin is taken                     |
        | tox.fentanyl is yes                     |
        | tox.cocaine is yes                      |
        | there was a missed contact 2 days ago   |
        | psychosis.current is yes                |
        | bipolar disorder is active              |
        | lab.qtc was never asked                 |
        | lab.alt_uln was never asked             |
        | lab.alt_uln is 6 times the upper limit  |
        | treatment.unhelpful_12_months is 3      |
        | need.homelessness is yes                |

    @S1-04 @T38
    Scenario Outline: An ECG is arranged and never waited for
      Given a person of 41 in opioid treatment program care
      And opioid use disorder is active, severe
      And methadone is proposed
      And the medication list was reviewed today
      And lab.qtc <known>
      When the intake team asks for a recommendation
      Then methadone is recommended today
      And ecg is recommended
      And methadone is not withheld

      Examples:
        | known           |
        | was never asked |
        | was declined    |
        | is 430 ms       |
        | is 470 ms       |

    @S1-04 @V16 @T39
    Scenario: Buprenorphine 28 mg a day, stable
      Given a person of 41 in outpatient care
      And opioid use disorder is active, severe
      And buprenorphine is taken, 28 mg a day
      And the medication list was reviewed today
      And the condition list was reviewed today
      And moud.weeks_on_treatment is 60 weeks
      And moud.days_missed is 0 days
      And moud.supply_days is 12 days
      And the C-SSRS was answered no throughout
      And alcohol.current_use is no
      And tox.benzodiazepines is no
      And tox.fentanyl is no
      And tox.opioids is no
      When the intake team asks for a recommendation
      Then buprenorphine is recommended as routine because of "continue-buprenorphine-treatment"
      And no caution stands beside buprenorphine
      And nothing is escalated
      And it does not ask for the C-SSRS and moud.days_missed
      And follow-up is at most every 30 days with a prescriber

    @S1-04 @S1-13 @T62
    Scenario: Fentanyl in the urine of somebody on buprenorphine brings more care, not less
      Given a person of 41 in outpatient care
      And opioid use disorder is active, severe
      And the medication list was reviewed today and holds buprenorphine
      And moud.weeks_on_treatment is 30 weeks
      And tox.fentanyl is yes
      When the intake team asks for a recommendation
      Then buprenorphine is recommended because of "continue-buprenorphine-treatment"
      And buprenorphine is not withheld
      And "early-or-unsettled-buprenorphine-asks-for-weekly-contact" demands contact every 7 days
      And contingency-management is recommended
      And naloxone is recommended

  Rule: Naloxone for everybody who might need it

    @S1-04 @S2-03 @T58
    Scenario Outline: Who is offered naloxone
      Given a person of 33 in outpatient care
      And <reason>
      When the intake team asks for a recommendation
      Then naloxone and overdose-education are recommended

      Examples:
        | reason                               |
        | opioid use disorder is active        |
        | opioid use disorder is in remission  |
        | stimulant use disorder is active     |
        | tox.cocaine is yes                   |
        | tox.fentanyl is yes                  |
        | opioid.fentanyl_exposure is yes      |
        | oxycodone is taken                   |
        | opioid.days_since_last_use is 2 days |
        | there was an overdose 3 days ago     |
        | use.returned_opioid is yes           |

    @S1-04 @T58
    Scenario: Naloxone in pregnancy
      Given a woman of 26 in outpatient care
      And she is pregnant
      And opioid use disorder is active, severe
      When the intake team asks for a recommendation
      Then naloxone is recommended today
      And naloxone is not withheld

    @S1-04 @S1-18 @T63
    Scenario Outline: When tolerance may be lost, naloxone today
      Given a person of 33 in outpatient care
      And opioid use disorder is in remission
      And <event>
      And the medication and event lists were reviewed today
      When the intake team asks for a recommendation
      Then naloxone is recommended today because of "<rule>"

      Examples:
        | event                                       | rule                                   |
        | there was a discharge 10 days ago           | naloxone-when-tolerance-may-be-lost    |
        | there was a release from custody 5 days ago | after-custody-opioid-tolerance-is-lost |
        | there was an overdose 20 days ago           | naloxone-when-tolerance-may-be-lost    |
        | methadone is stopped, last 20 days ago      | naloxone-when-tolerance-may-be-lost    |

    @S1-04 @S1-18 @T63
    Scenario: Naltrexone stopped a month ago
      Given a person of 33 in outpatient care
      And opioid use disorder is in remission
      And naltrexone is stopped, last 30 days ago
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then naloxone and overdose-education are recommended today because of "naltrexone-stopped-means-lost-tolerance"
      And it also calls for a contact within 7 days by a care manager (E2) because of "naltrexone-stopped-means-lost-tolerance"

  Rule: Pregnancy, and choices among medicines

    @S1-04 @S2-04 @V33 @T63
    Scenario: Twenty weeks pregnant, heroin every day, and the wish to be detoxified
      Given a woman of 24 in outpatient care
      And she is pregnant
      And opioid use disorder is active, severe
      And opioid.physically_dependent is yes
      And opioid.days_since_last_use is 0 days
      And naltrexone is proposed
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then buprenorphine and methadone are recommended today because of "opioid-treatment-in-pregnancy"
      And care-coordination-with-primary-care is recommended soon
      And naltrexone is withheld because of "naltrexone-not-begun-in-pregnancy-with-opioid-use"
      And inpatient-withdrawal-management is not recommended
      And "pregnancy-with-substance-use-asks-for-closer-integration" holds

    @S1-04 @S1-12
    Scenario: Fully withdrawn, and the person prefers naltrexone
      Given a person of 33 in outpatient care
      And opioid use disorder is active, moderate
      And the condition list was reviewed today
      And the medication list was reviewed today
      And opioid.physically_dependent is no
      And opioid.days_since_last_use is 21 days
      And tox.opioids is no
      And tox.fentanyl is no
      And tox.methadone is no
      And tox.buprenorphine is no
      And tox.oxycodone is no
      And lab.alt_uln is 1 times the upper limit
      And lab.ast_uln is 1 times the upper limit
      When the intake team asks for a recommendation
      Then extended-release-naltrexone-oud is recommended because of "naltrexone-injection-after-full-withdrawal"
      And buprenorphine and methadone are recommended today

    @S1-04 @S2-05 @T49
    Scenario: Three days of methadone missed
      Given a person of 33 in opioid treatment program care
      And opioid use disorder is active, severe
      And methadone is prescribed but not taken, last 3 days ago
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then prescriber-consultation and naloxone are recommended today because of "methadone-missed-three-days"
      And a caution stands beside methadone that says "re-assesses before the next dose"
      And methadone is not withheld

    @S1-04
    Scenario: Liver failure changes the form and not the treatment
      Given a person of 55 in outpatient care
      And opioid use disorder is active, severe
      And cirrhosis decompensated is active
      When the intake team asks for a recommendation
      Then buprenorphine and methadone are recommended
      And a caution stands beside buprenorphine that says "Not the combination with naloxone"
      And prescriber-consultation is recommended soon
