Feature: Psychiatric medicines
  Mood stabilisers, antipsychotics and stimulants help people who also use substances, and each has its own dangers. Tests
  that are late are noticed, doses after a gap begin again low, and nobody is barred from treatment because of use.

  Rule: Lithium

    Background:
      Given a person of 41 in outpatient care
      And bipolar disorder is active
      And lithium is taken
      And the medication list was reviewed today
      And the C-SSRS was answered no throughout

    @S1-04 @S2-05 @V25 @T50
    Scenario: Vomiting after a night of drinking, and ibuprofen, with a level of 0.7
      Given ibuprofen is taken
      And lab.lithium is 0.7 mmol/L 3 days ago
      And lithium.vomiting_or_diarrhoea is yes
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a prescriber (E4) because of "lithium-with-vomiting-or-diarrhoea-needs-a-level-today"
      And the team is told "The prescriber decides whether the next dose is held"
      And lithium-monitoring is recommended today
      And "lithium-with-medicines-that-raise-it" holds

    @S1-04 @S2-16
    Scenario: Unsteady and confused, with a level inside the range
      Given lab.lithium is 0.9 mmol/L 1 day ago
      And lithium.neurological_signs is yes
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "lithium-neurological-signs-are-an-emergency"

    @S2-05 @T14
    Scenario Outline: Tests that are late
      Given lithium.stable is <stable>
      And lithium.days_since_level is <days> days
      When the intake team asks for a recommendation
      Then "lithium-level-overdue-while-not-stable" <weekly>
      And "lithium-tests-overdue" <late>

      Examples:
        | stable | days | weekly        | late              |
        | no     | 7    | does not hold | cannot be settled |
        | no     | 8    | holds         | cannot be settled |
        | yes    | 180  | does not hold | cannot be settled |
        | yes    | 181  | does not hold | holds             |

    @S2-05
    Scenario: Late tests are somebody's task
      Given lithium.days_since_level is 200 days
      When the intake team asks for a recommendation
      Then it also calls for a contact within 7 days by a prescriber (E2) because of "lithium-tests-overdue"

    @S1-04
    Scenario: What is not known is asked
      When the intake team asks for a recommendation
      Then it asks for lithium.neurological_signs
      And it asks for lithium.days_since_level

    @S1-04 @T14
    Scenario Outline: The kidneys
      Given lab.egfr is <egfr> mL/min/{1.73_m2}
      When the intake team asks for a recommendation
      Then "lithium-with-kidney-disease" <care>
      And "lithium-not-with-severe-kidney-disease" <never>

      Examples:
        | egfr | care          | never         |
        | 60   | does not hold | does not hold |
        | 59   | holds         | does not hold |
        | 30   | holds         | does not hold |
        | 29   | does not hold | holds         |

  Rule: Clozapine

    Background:
      Given a person of 33 in outpatient care
      And psychosis is active
      And the medication list was reviewed today
      And the C-SSRS was answered no throughout

    @S1-04 @S2-05 @V23
    Scenario Outline: Neutrophils
      Given clozapine is taken
      And lab.anc is <count> /uL 1 day ago
      And neutrophils.low_baseline_confirmed is no
      When the intake team asks for a recommendation
      Then "clozapine-neutrophils-below-1500-without-a-low-baseline" <thrice weekly>
      And "clozapine-neutrophils-below-1000" <interrupt>
      And "clozapine-neutrophils-below-500" <emergency>

      Examples:
        | count | thrice weekly | interrupt     | emergency     |
        | 1500  | does not hold | does not hold | does not hold |
        | 1200  | holds         | does not hold | does not hold |
        | 999   | holds         | holds         | does not hold |
        | 500   | holds         | holds         | does not hold |
        | 400   | holds         | holds         | holds         |

    @S1-04 @S2-05 @V23
    Scenario: A count of 1200
      Given clozapine is taken
      And lab.anc is 1200 /uL 1 day ago
      And neutrophils.low_baseline_confirmed is no
      When the intake team asks for a recommendation
      Then the team is told "Counts three times a week"
      And clozapine is not withheld
      And blood-count-monitoring is recommended today

    @S2-16 @V23
    Scenario: A count of 400
      Given clozapine is taken
      And lab.anc is 400 /uL 1 day ago
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "clozapine-neutrophils-below-500"

    @S2-05 @V23
    Scenario: A low count and nobody knows the person's usual one
      Given clozapine is taken
      And lab.anc is 1200 /uL 1 day ago
      When the intake team asks for a recommendation
      Then blood-count-monitoring and prescriber-consultation are recommended today because of "clozapine-neutrophils-below-1500"
      And it asks for neutrophils.low_baseline_confirmed

    @S1-04 @T47
    Scenario: Clozapine wanted, no count
      Given clozapine is proposed
      When the intake team asks for a recommendation
      Then clozapine is withheld because of "clozapine-start-needs-a-neutrophil-count", as a precaution
      And blood-count-monitoring is recommended today
      And it asks for lab.anc

    @S1-04 @T47
    Scenario Outline: Counts that open the start, and counts that do not
      Given clozapine is proposed
      And lab.anc is <count> /uL 1 day ago
      And clozapine.days_since_count is 1 day
      And neutrophils.low_baseline_confirmed is <low baseline>
      When the intake team asks for a recommendation
      Then clozapine is <outcome>

      Examples:
        | count | low baseline | outcome      |
        | 1500  | no           | not withheld |
        | 1499  | no           | withheld     |
        | 1000  | yes          | not withheld |
        | 999   | yes          | withheld     |

    @S1-04 @T48 @V24
    Scenario Outline: A smoke-free ward
      Given <medicine> is taken
      And smoking.stopped_recently is yes
      When the intake team asks for a recommendation
      Then laboratory-tests and prescriber-consultation are recommended because of "clozapine-or-olanzapine-when-smoking-stops"
      And follow-up is at most every 7 days

      Examples:
        | medicine   |
        | clozapine  |
        | olanzapine |

    @S1-04 @T49 @T14
    Scenario Outline: A gap
      Given clozapine is taken
      And clozapine.hours_missed is <hours> hours
      When the intake team asks for a recommendation
      Then "clozapine-after-48-hours-starts-again" <state>

      Examples:
        | hours | state         |
        | 47    | does not hold |
        | 48    | holds         |

    @S1-04 @T49
    Scenario: Lamotrigine after five days without
      Given lamotrigine is taken
      And lamotrigine.days_missed is 5 days
      When the intake team asks for a recommendation
      Then a caution stands beside lamotrigine that says "Begin the slow increase again" because of "lamotrigine-after-a-gap-starts-again"

    @S2-05 @T14
    Scenario Outline: Counts that are late
      Given clozapine is taken
      And clozapine.weeks_on_treatment is <weeks> weeks
      And clozapine.days_since_count is <days> days
      When the intake team asks for a recommendation
      Then "clozapine-count-overdue" <state>

      Examples:
        | weeks | days | state         |
        | 26    | 7    | does not hold |
        | 26    | 8    | holds         |
        | 27    | 8    | does not hold |
        | 52    | 15   | holds         |
        | 53    | 31   | does not hold |
        | 53    | 32   | holds         |

  Rule: Psychosis and stimulants

    @S1-04 @V31
    Scenario: Psychosis six weeks after the last methamphetamine
      Given a person of 27 in outpatient care
      And stimulant use disorder is active, severe
      And psychosis.current is yes
      And psychosis.weeks_after_last_stimulant is 6 weeks
      When the intake team asks for a recommendation
      Then psychiatric-evaluation is recommended today because of "psychosis-a-month-after-stimulants-is-assessed-as-primary"
      And antipsychotic is recommended

    @S1-04 @T14
    Scenario Outline: A month
      Given a person of 27 in outpatient care
      And stimulant use disorder is active, severe
      And psychosis.current is yes
      And psychosis.before_stimulants is no
      And psychosis.weeks_after_last_stimulant is <weeks> weeks
      When the intake team asks for a recommendation
      Then "psychosis-a-month-after-stimulants-is-assessed-as-primary" <state>

      Examples:
        | weeks | state         |
        | 4     | does not hold |
        | 5     | holds         |

    @S1-04 @V32 @T53
    Scenario: ADHD and cocaine use disorder
      Given a person of 27 in outpatient care
      And stimulant use disorder is active, moderate
      And ADHD is active
      When the intake team asks for a recommendation
      Then long-acting-stimulant and atomoxetine are recommended soon because of "adhd-is-treated-with-stimulant-use-disorder"
      And contingency-management is recommended
      And long-acting-stimulant is not withheld

    @S1-04 @T53
    Scenario: The same, in psychosis
      Given a person of 27 in outpatient care
      And stimulant use disorder is active, moderate
      And ADHD is active
      And psychosis.current is yes
      When the intake team asks for a recommendation
      Then long-acting-stimulant is withheld because of "stimulant-not-in-psychosis-mania-or-heart-disease"
      And instead of long-acting-stimulant it offers atomoxetine and alpha-2-agonist-for-adhd

    @S1-04 @T53
    Scenario Outline: A stimulant for the use disorder itself
      Given a person of 27 in outpatient care
      And methylphenidate is proposed
      And stimulant.for_use_disorder is yes
      And stimulant.prescriber_qualified is <qualified>
      When the intake team asks for a recommendation
      Then long-acting-stimulant is <outcome>

      Examples:
        | qualified | outcome      |
        | no        | withheld     |
        | yes       | not withheld |

    @S1-04 @T60
    Scenario: A prescribed amphetamine explains the test
      Given a person of 27 in outpatient care
      And the C-SSRS was answered no throughout
      And dextroamphetamine is taken
      And tox.amphetamines is yes
      When the intake team asks for a recommendation
      Then it asks for tox.amphetamine_matches_prescription
      And "a-prescribed-stimulant-explains-an-amphetamine-screen" holds
      And nothing is escalated

    @S1-04 @T60
    Scenario: A definitive test that does not fit
      Given a person of 27 in outpatient care
      And the C-SSRS was answered no throughout
      And dextroamphetamine is taken
      And tox.amphetamine_matches_prescription is no
      When the intake team asks for a recommendation
      Then prescriber-consultation and motivational-interviewing are recommended soon because of "amphetamine-test-that-does-not-fit-the-prescription"
      And nothing is escalated
      And long-acting-stimulant is not withheld

  Rule: Antidepressants

    @S1-04 @T46
    Scenario: A MAO inhibitor four weeks after fluoxetine
      Given a person of 50 in outpatient care
      And phenelzine is proposed
      And fluoxetine is stopped, last 28 days ago
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then mao-inhibitor is withheld because of "mao-inhibitor-waits-after-fluoxetine-and-others"

    @S1-04
    Scenario: A MAO inhibitor and cocaine
      Given a person of 50 in outpatient care
      And phenelzine is taken
      And tox.cocaine is yes
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a prescriber (E4) because of "mao-inhibitor-with-stimulant-use"

    @S1-04
    Scenario: Duloxetine and heavy drinking
      Given a person of 50 in outpatient care
      And alcohol use disorder is active, severe
      And duloxetine is taken
      When the intake team asks for a recommendation
      Then a caution stands beside duloxetine that says "not stopped suddenly" because of "duloxetine-not-with-alcohol-or-liver-disease"

    @S2-16
    Scenario: Signs of serotonin toxicity
      Given a person of 50 in outpatient care
      And serotonin.toxicity_signs is yes
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "signs-of-serotonin-toxicity-are-an-emergency"

    @S1-04 @S1-13 @T14
    Scenario Outline: The first weeks below 25
      Given a person of <age> in outpatient care
      And sertraline is taken
      And antidepressant.days_since_start is <days> days
      When the intake team asks for a recommendation
      Then "antidepressant-under-25-first-weeks" <state>

      Examples:
        | age | days | state         |
        | 24  | 28   | holds         |
        | 24  | 29   | does not hold |
        | 25  | 7    | does not hold |

    @S1-04 @S2-05
    Scenario: Sertraline begun two weeks ago at 19
      Given a person of 19 in outpatient care
      And sertraline is taken
      And antidepressant.days_since_start is 14 days
      When the intake team asks for a recommendation
      Then suicide-risk-assessment and safety-plan are recommended because of "antidepressant-under-25-first-weeks"
      And follow-up is at most every 7 days

  Rule: Risks that add up

    @S1-04 @T56
    Scenario Outline: One QT medicine, and what stands beside it
      Given a woman of <age> in outpatient care
      And the medication list was reviewed today and holds haloperidol
      And the condition list was reviewed today
      And lab.potassium is <potassium> mmol/L
      And lab.magnesium is <magnesium> mmol/L
      And lab.qtc is 430 ms
      And tox.cocaine is <cocaine>
      When the intake team asks for a recommendation
      Then "qt-medicine-with-two-risk-factors-asks-for-an-ecg" <state>

      Examples:
        | age | potassium | magnesium | cocaine | state         |
        | 65  | 4.1       | 0.9       | no      | does not hold |
        | 66  | 4.1       | 0.9       | no      | holds         |
        | 40  | 3.4       | 0.9       | no      | holds         |
        | 40  | 4.1       | 0.6       | no      | holds         |
        | 40  | 4.1       | 0.9       | yes     | holds         |

    @S1-04 @T56
    Scenario: Methadone and haloperidol
      Given a man of 40 in outpatient care
      And opioid use disorder is active, severe
      And the medication list was reviewed today and holds methadone and haloperidol
      When the intake team asks for a recommendation
      Then ecg and laboratory-tests are recommended because of "two-qt-medicines-ask-for-an-ecg"
      And methadone is recommended

    @S1-04
    Scenario: Bupropion and tramadol
      Given a man of 40 in outpatient care
      And the medication list was reviewed today and holds bupropion and tramadol
      When the intake team asks for a recommendation
      Then prescriber-consultation is recommended today because of "two-reasons-for-a-seizure"

    @S1-04 @T56
    Scenario Outline: Two of one kind
      Given a man of 40 in outpatient care
      And the medication list was reviewed today and holds <medicines>
      When the intake team asks for a recommendation
      Then "two-qt-medicines-ask-for-an-ecg" <state>

      Examples:
        | medicines                    | state         |
        | haloperidol and quetiapine   | holds         |
        | citalopram and amitriptyline | holds         |
        | ondansetron and moxifloxacin | holds         |
        | haloperidol and sertraline   | does not hold |

    @S1-04 @V17 @T14 @T56
    Scenario Outline: Citalopram beside methadone, by its dose
      Given a man of 52 in opioid treatment program care
      And opioid use disorder is active, severe
      And methadone is taken, 110 mg a day
      And citalopram is taken, <dose> mg a day
      And citalopram.daily_dose is <dose> mg/d
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then "citalopram-above-20-mg-with-methadone" <state>
      And methadone is recommended

      Examples:
        | dose | state         |
        | 20   | does not hold |
        | 40   | holds         |
