Feature: Why, why not, and what would change it
  Every component of the catalogue can say why it is recommended or why it is not, from the decision alone: which rule, on
  what, what is missing, what was checked, and which change of what is known would turn it round.

  Rule: Why

    Background:
      Given a person of 36 in outpatient care
      And opioid use disorder is active, severe 3 days ago
      And the PHQ-9 was answered 2, 2, 2, 2, 2, 2, 1, 1, 0 yesterday, according to the patient

    @S1-11 @S1-12
    Scenario: Why buprenorphine
      When the intake team asks why buprenorphine
      Then it stands as recommended
      And "offer-medication-for-opioid-use-disorder" speaks for it because of condition.opioid_use_disorder
      And every rule is told with its version, its sentence, its strength and its sources
      And every ground is told in words, with what is known of it
      And the trace leads from condition.opioid_use_disorder over "condition.opioid_use_disorder == active" and "offer-medication-for-opioid-use-disorder" to buprenorphine

    @S1-11 @S1-12
    Scenario: Why an SSRI, with who said it and when
      When the intake team asks why ssri
      Then it stands as recommended
      And "depression-treated-with-opioid-use-disorder" speaks for it because of condition.opioid_use_disorder and phq9.total
      And phq9.total is known as "PHQ-9 total: 14, moderate (22 Nov 2026, 1 day ago; patient)"

    @S1-11
    Scenario: The trace of a whole decision
      When the intake team asks for a recommendation
      Then the trace runs from findings over premises and rules to what came of them, and nowhere in a circle
      And everything recommended, withheld and escalated stands in the trace

    @S1-11
    Scenario: The usual answer is short, and leaves out nothing that it recommends, withholds or asks
      When the intake team asks for a recommendation
      And the intake team asks for a recommendation in short
      Then the short answer says the same, with every reason, and without the argument of every rule

    @S1-11
    Scenario: A conclusion stands between the answer and what came of it
      Given the C-SSRS was answered yes to 3, otherwise no
      When the intake team asks why safety-plan
      Then the trace leads from cssrs.q3 over "cssrs.q3 == true" and "suicidal-method-or-past-behaviour-is-moderate-risk" to safety-plan
      And the trace passes the conclusion suicide.tier

    @S1-11 @T90
    Scenario Outline: A rule keeps the grade of its source
      Given alcohol use disorder is active, moderate
      And lab.crcl is 45 mL/min
      When the intake team asks about <component>
      Then "<rule>" is graded "<grade>"

      Examples:
        | component   | rule                                       | grade                  |
        | acamprosate | acamprosate-not-with-severe-kidney-disease | label:contraindication |
        | acamprosate | acamprosate-lower-dose-with-kidney-disease | label:dosing           |
        | acamprosate | acamprosate-for-alcohol-use-disorder       | consensus              |

  Rule: Why not

    @S1-11 @S1-12
    Scenario Outline: Five ways to stand
      Given a person of 36 in outpatient care
      And alcohol use disorder is active, moderate
      And the condition list was reviewed today
      And <known>
      When the intake team asks about <component>
      Then it stands as <standing>

      Examples:
        | known                  | component          | standing               |
        | lab.crcl is 90 mL/min  | acamprosate        | recommended            |
        | lab.crcl is 25 mL/min  | acamprosate        | withheld               |
        | need.food is no        | food-support       | not recommended        |
        | lab.crcl is 25 mL/min  | housing-navigation | could not be evaluated |
        | lab.crcl is 25 mL/min  | carbamazepine      | without a rule for it  |

    @S1-11
    Scenario: Why not buprenorphine
      Given a person of 36 in outpatient care
      And opioid use disorder is ruled out
      And the medication list was reviewed today
      And she is not pregnant
      When the intake team asks why not buprenorphine
      Then it stands as not recommended
      And "offer-medication-for-opioid-use-disorder" does not speak for it because of condition.opioid_use_disorder
      And "continue-buprenorphine-treatment" does not speak for it because of medication.buprenorphine

    @S1-04 @S1-11
    Scenario: What was checked for acamprosate
      Given a person of 36 in outpatient care
      And alcohol use disorder is active, moderate
      And lab.crcl is 45 mL/min
      When the intake team asks about acamprosate
      Then it stands as recommended
      And "acamprosate-not-with-severe-kidney-disease" was checked and is clear
      And "acamprosate-lower-dose-with-kidney-disease" was checked and is present
      And "acamprosate-in-liver-failure-is-unsettled" was checked and is unknown
      And condition.cirrhosis_decompensated is missing

    @S1-11
    Scenario Outline: The whole catalogue answers, and every rule is accounted for
      Given the sample record <name>
      When the intake team asks for a recommendation
      Then every component of the catalogue is recommended, withheld or not recommended with its reasons
      And every rule of the release is judged

      Examples:
        | name                     |
        | intake-opioid-depression |
        | aftercare-early-warning  |

    @S1-04 @S1-12
    Scenario: Alternatives say what is still to check
      Given a person of 36 in outpatient care
      And alcohol use disorder is active, moderate
      And the medication list was reviewed today and holds methadone
      When the intake team asks for a recommendation
      Then naltrexone is withheld because of "naltrexone-not-with-opioids"
      And of topiramate instead of naltrexone "topiramate-not-in-pregnancy" is still to be checked

    @S1-04 @S1-12 @V46
    Scenario: When an option is ruled out, there is always another word
      Given a woman of 31 in outpatient care
      And alcohol use disorder is active, severe
      And she is pregnant
      And the medication list was reviewed today and holds methadone
      And lab.crcl is 20 mL/min
      When the intake team asks for a recommendation
      Then everything that is withheld names an alternative, or a prescriber is asked

  Rule: What would change it

    @S1-11 @S1-12
    Scenario Outline: The change is made, and the answer turns round
      Given a person of 36 in outpatient care
      And alcohol use disorder is active, moderate
      And every list was reviewed today
      And <known>
      When the intake team asks for a recommendation
      Then <component> is <before>
      When the intake team asks about <component>
      Then it would change with <finding>
      When <finding> is changed as it says, and the team asks again
      Then <component> is <after>

      Examples:
        | known                    | component          | before          | finding              | after           |
        | lab.crcl is 90 mL/min    | acamprosate        | recommended     | lab.crcl             | withheld        |
        | lab.crcl is 30 mL/min    | acamprosate        | withheld        | lab.crcl             | recommended     |
        | need.legal is no         | legal-aid          | not recommended | need.legal           | recommended     |
        | need.homelessness is yes | housing-navigation | recommended     | need.homelessness    | not recommended |
        | isi.total is 9           | cbt-insomnia       | not recommended | isi.total            | recommended     |
        | depression is active     | ssri               | recommended     | condition.depression | not recommended |
        | the PHQ-9 total is 4     | ssri               | not recommended | phq9.total           | recommended     |
        | methadone is taken       | methadone          | recommended     | medication.methadone | not recommended |

    @S1-11
    Scenario: The change is the smallest one
      Given a person of 36 in outpatient care
      And alcohol use disorder is active, moderate
      And lab.crcl is 30 mL/min
      When the intake team asks about acamprosate
      Then it would change if lab.crcl became 30.1

  Rule: In the language of the team

    @S2-19
    Scenario: The same decision in Spanish
      Given the sample record intake-alcohol-anxiety
      When the intake team asks for a recommendation
      And the intake team asks for a recommendation in Spanish
      Then both answers decide the same, in two languages
      And no text of the Spanish answer is missing

    @S2-19
    Scenario: The same explanation in Spanish
      Given a person of 36 in outpatient care
      And alcohol use disorder is active, moderate
      And lab.crcl is 30 mL/min
      When the intake team asks about acamprosate in Spanish
      Then it stands as withheld
      And the words "depuración de creatinina" are used
