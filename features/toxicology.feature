Feature: Drug tests
  A screen suggests and a definitive test says. No result ends care, none is a punishment, and a test that was not done is
  unknown. What a panel cannot see it has not ruled out.

  Rule: A screen is read with the medicine list before anything follows from it

    @S1-04 @S2-05 @V42 @T59
    Scenario: Amphetamine-positive on bupropion
      Given a person of 33 in outpatient care
      And the C-SSRS was answered no throughout
      And the medication list was reviewed today and holds bupropion
      And tox.amphetamines is yes
      When the aftercare team asks for a recommendation
      Then definitive-drug-test is recommended because of "bupropion-can-turn-an-amphetamine-screen-positive"
      And nothing is escalated

    @S1-04 @T59
    Scenario Outline: A medicine that can turn a screen positive
      Given a person of 33 in outpatient care
      And the medication list was reviewed today and holds <medicine>
      And <result> is yes
      When the aftercare team asks for a recommendation
      Then definitive-drug-test is recommended because of "<rule>"

      Examples:
        | medicine    | result              | rule                                                            |
        | trazodone   | tox.amphetamines    | trazodone-can-turn-an-amphetamine-screen-positive               |
        | labetalol   | tox.amphetamines    | labetalol-can-turn-an-amphetamine-screen-positive               |
        | quetiapine  | tox.methadone       | quetiapine-can-turn-a-methadone-screen-positive                 |
        | venlafaxine | tox.phencyclidine   | venlafaxine-can-turn-a-phencyclidine-screen-positive            |
        | sertraline  | tox.benzodiazepines | sertraline-can-turn-a-benzodiazepine-screen-positive            |
        | omeprazole  | tox.cannabis        | stomach-acid-medicine-can-turn-a-cannabis-screen-positive       |

    @S1-04 @T59
    Scenario: Another medicine explains nothing
      Given a person of 33 in outpatient care
      And the medication list was reviewed today and holds mirtazapine
      And tox.amphetamines is yes
      When the aftercare team asks for a recommendation
      Then "bupropion-can-turn-an-amphetamine-screen-positive" does not hold
      And "a-prescribed-stimulant-explains-an-amphetamine-screen" does not hold

    @S1-04 @T60
    Scenario: Amphetamine-positive with dextroamphetamine on the list
      Given a person of 24 in outpatient care
      And the medication list was reviewed today and holds dextroamphetamine
      And tox.amphetamines is yes
      When the aftercare team asks for a recommendation
      Then medication-reconciliation is recommended because of "a-prescribed-stimulant-explains-an-amphetamine-screen"
      And "return-to-alcohol-stimulants-or-cannabis-asks-for-a-visit-within-72-hours" cannot be settled

    @S1-04 @S2-05 @T59 @T62
    Scenario: A result nobody expected
      Given a person of 33 in outpatient care
      And the C-SSRS was answered no throughout
      And tox.unexpected is yes
      When the aftercare team asks for a recommendation
      Then it also calls for a contact within 7 days by a care manager (E2) because of "an-unexpected-screen-is-confirmed-and-talked-about"
      And it asks for tox.confirmed
      And the team is told "No consequence rests on a screen"

  Rule: What a test cannot see it has not ruled out

    @S1-04 @T37
    Scenario: Naltrexone wanted, and only the opiate screen is negative
      Given a person of 45 in outpatient care
      And alcohol use disorder is active, moderate
      And the medication list was reviewed today
      And naltrexone is proposed
      And tox.opioids is no
      When the intake team asks for a recommendation
      Then definitive-drug-test is recommended because of "a-negative-opiate-screen-does-not-rule-out-other-opioids"
      And it asks for tox.fentanyl
      And it asks for tox.buprenorphine
      And naltrexone is withheld because of "naltrexone-not-with-opioids", as a precaution

    @S1-04
    Scenario Outline: A screen that misses the prescribed benzodiazepine
      Given a person of 45 in outpatient care
      And the medication list was reviewed today and holds <medicine>
      And the condition list was reviewed today
      And tox.benzodiazepines is no
      When the aftercare team asks for a recommendation
      Then "a-negative-benzodiazepine-screen-can-miss-common-ones" <state>

      Examples:
        | medicine   | state         |
        | clonazepam | holds         |
        | lorazepam  | holds         |
        | diazepam   | does not hold |

    @S1-04 @T05
    Scenario: A refused test proves nothing
      Given a person of 45 in outpatient care
      And opioid use disorder is active, severe
      And tox.refused is yes
      And tox.fentanyl was declined
      When the aftercare team asks for a recommendation
      Then it also calls for a review within 14 days by the team (E1) because of "a-refused-drug-test-is-unknown-and-not-positive"
      And "fentanyl-or-a-benzodiazepine-new-in-opioid-treatment-asks-for-contact" cannot be settled
      And tox.fentanyl counts as declined

  Rule: A result brings more support and never less

    @S1-04 @S2-05 @T62
    Scenario: Fentanyl in somebody on buprenorphine
      Given a person of 30 in outpatient care
      And the C-SSRS was answered no throughout
      And the medication list was reviewed today and holds buprenorphine
      And tox.fentanyl is yes
      When the aftercare team asks for a recommendation
      Then it also calls for a contact within 7 days by a care manager (E2) because of "fentanyl-or-a-benzodiazepine-new-in-opioid-treatment-asks-for-contact"
      And naloxone is recommended today
      And the team is told "Treatment goes on"
      And buprenorphine is not withheld

    @S1-04 @S2-05 @T14
    Scenario Outline: The prescribed medicine is missing from the test
      Given a person of 30 in outpatient care
      And tox.prescribed_missing was <results> on the last 3 weeks
      When the aftercare team asks for a recommendation
      Then "a-prescribed-medicine-missing-twice-asks-for-a-talk" <state>

      Examples:
        | results          | state         |
        | no, no and yes   | does not hold |
        | no, yes and yes  | holds         |
        | yes, yes and no  | does not hold |

    @S1-13 @T62
    Scenario: A programme wants to discharge somebody for a positive test
      Given a person of 30 in outpatient care
      And the C-SSRS was answered no throughout
      And discharge.reason is positive_test
      When the aftercare team asks for a recommendation
      Then it also calls for a contact within 7 days by a clinician (E2) because of "care-never-ends-for-a-test-a-symptom-or-missed-visits"
      And level-of-care-review is recommended

    @S2-14 @T83
    Scenario: Probation asks for the results
      Given a person of 30 in outpatient care
      And tox.justice_request is yes
      When the aftercare team asks for a recommendation
      Then the team is told "Send nothing yet"
