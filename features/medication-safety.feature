Feature: Medication safety
  A contraindication beats an indication, and says what to do instead. Nothing is ever stopped by a rule: where a medicine
  in use is dangerous, a prescriber is asked, in time. Words and units matter as much as limits.

  Rule: The heart's rhythm

    Background:
      Given a person of 52 in opioid treatment program care
      And opioid use disorder is active, severe
      And methadone is taken, 110 mg a day
      And the medication list was reviewed today
      And the C-SSRS was answered no throughout

    @S1-04 @V17 @T56
    Scenario: QTc 480, citalopram 40 mg, potassium 3.3
      Given citalopram is taken, 40 mg a day
      And lab.qtc is 480 ms 5 days ago
      And lab.potassium is 3.3 mmol/L 5 days ago
      When the intake team asks for a recommendation
      Then methadone is recommended as routine because of "continue-methadone-treatment"
      And methadone is not withheld
      And a caution stands beside methadone because of "methadone-with-qtc-above-450"
      And a caution stands beside methadone that says "Consider a replacement for the other medicine, and an ECG before and 2 to 4 weeks after" because of "methadone-with-another-qt-medicine"
      And ecg is recommended soon
      And prescriber-consultation and laboratory-tests are recommended today because of "qt-medicine-with-low-potassium"
      And a caution stands beside ssri that says "Consider sertraline" because of "methadone-prefers-low-qt-antidepressant"

    @S1-04 @S2-05 @V18 @T40
    Scenario: QTc 512
      Given lab.qtc is 512 ms
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a prescriber (E4) because of "methadone-with-qtc-500-or-more"
      And the team is told "Do not stop methadone without the prescriber"
      And methadone is recommended because of "continue-methadone-treatment"
      And methadone is not withheld
      And ecg and laboratory-tests are recommended today

    @S1-04 @T14 @T40
    Scenario Outline: Above 450 attention, from 500 the prescriber today
      Given lab.qtc is <qtc> ms
      When the intake team asks for a recommendation
      Then "methadone-with-qtc-above-450" <attention>
      And "methadone-with-qtc-500-or-more" <today>
      And methadone is recommended

      Examples:
        | qtc | attention     | today         |
        | 450 | does not hold | does not hold |
        | 451 | holds         | does not hold |
        | 499 | holds         | does not hold |
        | 500 | holds         | holds         |

    @S1-04
    Scenario: A medicine that lowers methadone
      Given rifampin is proposed
      When the intake team asks for a recommendation
      Then a caution stands beside methadone that says "Watch for withdrawal with" because of "methadone-with-medicine-that-changes-its-level"

  Rule: Bupropion and seizures

    Background:
      Given a person of 39 in outpatient care
      And depression is active, moderate
      And bupropion is proposed
      And the C-SSRS was answered no throughout

    @S1-04 @V21 @T43
    Scenario: The second day of alcohol withdrawal
      Given alcohol use disorder is active, severe
      And alcohol.hours_since_last_drink is 40 hours
      And alcohol withdrawal is active
      When the intake team asks for a recommendation
      Then bupropion is withheld because of "bupropion-not-in-alcohol-or-sedative-withdrawal"
      And ssri and cbt are recommended soon
      And instead of bupropion it offers ssri, mirtazapine and cbt

    @S1-04 @T43
    Scenario Outline: Other reasons not to begin it
      Given <reason>
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then bupropion is withheld because of "<rule>"

      Examples:
        | reason                               | rule                                            |
        | seizure disorder is active           | bupropion-not-with-seizures-or-eating-disorder  |
        | eating disorder is active            | bupropion-not-with-seizures-or-eating-disorder  |
        | alcohol.stopping_now is yes          | bupropion-not-in-alcohol-or-sedative-withdrawal |
        | diazepam is stopped, last 5 days ago | bupropion-not-in-alcohol-or-sedative-withdrawal |

    @S1-04 @T43
    Scenario: Nobody has asked about seizures
      When the intake team asks for a recommendation
      Then "bupropion-proposed-is-checked-first" cannot be settled
      And it asks for a review of the condition list

  Rule: Medicines that are dangerous in overdose

    @S1-04 @S2-18 @V22 @T45
    Scenario: Amitriptyline in use, and moderate suicide risk
      Given a person of 50 in outpatient care
      And depression is active, severe
      And the medication list was reviewed today and holds amitriptyline
      And the C-SSRS was answered yes to 3, otherwise no
      When the intake team asks for a recommendation
      Then a caution stands beside tricyclic-antidepressant that says "supply of 7 days or less" because of "tricyclic-with-suicide-risk-limit-supply"
      And a caution stands beside tricyclic-antidepressant that says "Do not stop it suddenly"
      And ecg is recommended soon
      And prescriber-consultation and lethal-means-counselling are recommended today
      And instead of tricyclic-antidepressant it offers ssri and mirtazapine
      And tricyclic-antidepressant is not withheld

    @S1-04 @S2-18 @T45
    Scenario Outline: A tricyclic is not begun where an overdose is to be feared
      Given a person of 50 in outpatient care
      And depression is active, severe
      And nortriptyline is proposed
      And the medication list was reviewed today
      And the event list was reviewed today
      And <risk>
      When the intake team asks for a recommendation
      Then tricyclic-antidepressant is withheld because of "tricyclic-not-begun-with-overdose-risk"
      And instead of tricyclic-antidepressant it offers ssri, mirtazapine and cbt

      Examples:
        | risk                                           |
        | the C-SSRS was answered yes to 3, otherwise no |
        | there was an overdose 400 days ago             |
        | alcohol use disorder is active                 |

    @S1-04 @S2-18 @T45
    Scenario: Lithium at home, and moderate suicide risk
      Given a person of 50 in outpatient care
      And bipolar disorder is active
      And the medication list was reviewed today and holds lithium
      And the C-SSRS was answered yes to 3, otherwise no
      When the intake team asks for a recommendation
      Then prescriber-consultation and lethal-means-counselling are recommended today because of "lithium-supply-with-suicide-risk"
      And mood-stabiliser is recommended

  Rule: Nothing is stopped suddenly

    @S1-04 @T52
    Scenario: A benzodiazepine taken for years
      Given a person of 63 in outpatient care
      And sedative use disorder is active, moderate
      And the medication list was reviewed today and holds clonazepam
      When the intake team asks for a recommendation
      Then benzodiazepine-taper, cbt and cbt-insomnia are recommended because of "sedative-use-disorder-gets-a-supported-taper"
      And a caution stands beside benzodiazepine that says "Do not stop suddenly" because of "benzodiazepine-is-never-stopped-suddenly"
      And follow-up is at most every 28 days

    @S1-04 @V43 @T52 @T14
    Scenario Outline: A taper of a fifth each week is too fast
      Given a person of 63 in outpatient care
      And the medication list was reviewed today and holds clonazepam
      And sedative use disorder is active, moderate
      And benzodiazepine.planned_cut_two_weeks is <cut> percent
      When the intake team asks for a recommendation
      Then "benzodiazepine-taper-faster-than-advised" <state>

      Examples:
        | cut | state         |
        | 10  | does not hold |
        | 25  | does not hold |
        | 26  | holds         |
        | 36  | holds         |

    @S1-04 @V43 @T52
    Scenario: The plan check of such a taper
      Given a person of 63 in outpatient care
      And sedative use disorder is active, moderate
      And the medication list was reviewed today and holds clonazepam
      And benzodiazepine.planned_cut_two_weeks is 36 percent
      When the intake team asks for a recommendation
      Then a caution stands beside benzodiazepine-taper that says "Slow the plan down" because of "benzodiazepine-taper-faster-than-advised"
      And prescriber-consultation is recommended

  Rule: Pregnancy is asked before, not found out after

    @S1-04 @T57
    Scenario Outline: A mood stabiliser is proposed
      Given a woman of 31 in outpatient care
      And bipolar disorder is active
      And valproate is proposed
      And <pregnancy>
      When the intake team asks for a recommendation
      Then "pregnancy-rules-out-valproate" <state>

      Examples:
        | pregnancy            | state             |
        | need.transport is no | cannot be settled |
        | she is pregnant      | holds             |
        | she is not pregnant  | does not hold     |

    @S1-04 @T57
    Scenario: Nobody knows, so it is asked
      Given a woman of 31 in outpatient care
      And bipolar disorder is active
      And valproate is proposed
      When the intake team asks for a recommendation
      Then it asks for patient.pregnancy

    @S1-04 @S2-05
    Scenario: Pregnant, and on valproate
      Given a woman of 31 in outpatient care
      And she is pregnant
      And bipolar disorder is active
      And the medication list was reviewed today and holds valproate
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then it also calls for a contact within 72 hours by a prescriber (E3) because of "pregnant-on-mood-stabiliser-needs-specialist"
      And the team is told "Do not stop the medicine abruptly"

  Rule: Combinations

    @S1-04 @T46
    Scenario Outline: Five weeks between fluoxetine and a MAO inhibitor
      Given a person of 50 in outpatient care
      And phenelzine is proposed
      And fluoxetine is stopped, last <days> days ago
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then "mao-inhibitor-waits-after-fluoxetine-and-others" <state>

      Examples:
        | days | state         |
        | 34   | holds         |
        | 35   | holds         |
        | 36   | does not hold |

    @S1-04
    Scenario: An antidepressant within two weeks of a MAO inhibitor
      Given a person of 50 in outpatient care
      And opioid use disorder is active
      And depression is active, moderate
      And phenelzine is stopped, last 10 days ago
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then ssri is withheld because of "antidepressant-waits-14-days-after-mao-inhibitor"
      And cbt is recommended
      And instead of ssri it offers cbt
      And methadone is withheld because of "mao-inhibitor-and-opioid-agonist"
      And buprenorphine is recommended

    @S1-04 @T50
    Scenario: Ibuprofen beside lithium
      Given a person of 50 in outpatient care
      And bipolar disorder is active
      And the medication list was reviewed today and holds lithium and ibuprofen
      When the intake team asks for a recommendation
      Then laboratory-tests and prescriber-consultation are recommended soon because of "lithium-with-medicines-that-raise-it"

    @S1-04 @S2-05 @T14 @T15
    Scenario Outline: Lithium levels
      Given a person of 50 in outpatient care
      And lab.lithium is <level>
      When the intake team asks for a recommendation
      Then "lithium-level-high" <high>
      And "lithium-level-toxic" <toxic>

      Examples:
        | level      | high              | toxic             |
        | 1.4 mmol/L | does not hold     | does not hold     |
        | 1.5 mmol/L | holds             | does not hold     |
        | 2.0 mmol/L | holds             | holds             |
        | 2.0 meq/L  | holds             | holds             |
        | 2.0        | cannot be settled | cannot be settled |
        | 2.0 mg/dL  | cannot be settled | cannot be settled |

    @S1-04 @S2-16
    Scenario: A toxic lithium level
      Given a person of 50 in outpatient care
      And lab.lithium is 2.1 mmol/L
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "lithium-level-toxic"

    @S1-04
    Scenario: A pain reliever beside an antidepressant and drinking
      Given a person of 50 in outpatient care
      And alcohol use disorder is active, moderate
      And anxiety is active, moderate
      And the medication list was reviewed today and holds sertraline and naproxen
      When the intake team asks for a recommendation
      Then a caution stands beside ssri because of "serotonin-antidepressant-with-bleeding-risk"

    @S1-04 @S1-13
    Scenario: A first antidepressant below 25
      Given a person of 22 in outpatient care
      And depression is active, moderate
      And sertraline is proposed
      When the intake team asks for a recommendation
      Then a caution stands beside ssri that says "weekly contact for the first 4 weeks" because of "antidepressant-under-25-needs-weekly-contact"
      And follow-up is at most every 7 days

  Rule: Drug tests, read with care

    @S1-04 @V42 @T59 @T60 @T62
    Scenario Outline: A presumptive amphetamine test that a medicine explains has no consequence
      Given a person of 44 in outpatient care
      And the C-SSRS was answered no throughout
      And the medication list was reviewed today and holds <medicine>
      And tox.amphetamines is yes
      And mania.history is no
      And mania.current is no
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then nothing is escalated
      And no caution stands beside bupropion

      Examples:
        | medicine          |
        | bupropion         |
        | dextroamphetamine |
