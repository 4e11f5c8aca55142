Feature: Bipolar disorder
  An antidepressant alone is not for somebody who has had a mania. Somebody who may have had one is assessed first, and is
  not given the name before. Nobody's depression waits until they are sober.

  Rule: No antidepressant alone

    @S1-04 @V19 @T44
    Scenario: Bipolar disorder, PHQ-9 18, and the wish for sertraline
      Given a person of 38 in outpatient care
      And bipolar disorder is active
      And mania.history is yes
      And the PHQ-9 was answered 3, 3, 2, 2, 2, 2, 2, 2, 0
      And sertraline is proposed
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then ssri is withheld because of "antidepressant-alone-not-in-bipolar"
      And instead of ssri it offers bipolar-assessment and mood-stabiliser
      And mood-stabiliser is recommended soon because of "mood-stabiliser-for-bipolar-disorder"
      And bipolar-assessment is recommended soon
      And snri, mirtazapine, bupropion and tricyclic-antidepressant are not offered instead of ssri

    @S1-04 @T44
    Scenario Outline: Every antidepressant, and a mania known in any way
      Given a person of 38 in outpatient care
      And <mania>
      And <antidepressant> is proposed
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then <component> is withheld because of "antidepressant-alone-not-in-bipolar"

      Examples:
        | mania                      | antidepressant | component                |
        | bipolar disorder is active | sertraline     | ssri                     |
        | mania.history is yes       | venlafaxine    | snri                     |
        | mania.history is yes       | mirtazapine    | mirtazapine              |
        | mania.current is yes       | bupropion      | bupropion                |
        | bipolar disorder is active | amitriptyline  | tricyclic-antidepressant |

    @S1-04 @S1-12
    Scenario: Beside a mood stabiliser, with psychiatric advice
      Given a person of 38 in outpatient care
      And bipolar disorder is active
      And mania.current is no
      And sertraline is proposed
      And the medication list was reviewed today and holds lithium
      When the intake team asks for a recommendation
      Then ssri is not withheld
      And a caution stands beside ssri that says "Only with psychiatric advice" because of "antidepressant-with-mood-stabiliser"
      And psychiatric-evaluation is recommended soon
      And "antidepressant-alone-not-in-bipolar" is set aside by "antidepressant-with-mood-stabiliser"

    @S1-04
    Scenario: A mood stabiliser that nobody can read does not count
      Given a person of 38 in outpatient care
      And bipolar disorder is active
      And mania.current is no
      And sertraline is proposed
      And the medication list holds an entry that nobody can read
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then ssri is withheld because of "antidepressant-alone-not-in-bipolar"

    @S1-04 @S2-16
    Scenario: Mania now
      Given a person of 38 in outpatient care
      And mania.current is yes
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then the first thing to do is a contact within 72 hours by a prescriber (E3) because of "mania-needs-urgent-psychiatric-evaluation"
      And psychiatric-evaluation and mood-stabiliser are recommended today
      And follow-up is at most every 7 days

  Rule: Possible is neither yes nor no

    @S1-02 @S1-04 @V20 @T29
    Scenario: Bipolar disorder suspected, cocaine every day, and depression
      Given a person of 29 in outpatient care
      And bipolar disorder is suspected
      And stimulant use disorder is active, severe
      And depression is active, moderate
      And alcohol use disorder is active, mild
      When the intake team asks for a recommendation
      Then it asks for condition.bipolar_disorder
      And condition.bipolar_disorder counts as suspected
      And "antidepressant-alone-not-in-bipolar" cannot be settled
      And "mood-stabiliser-for-bipolar-disorder" cannot be settled
      And mood-stabiliser is not recommended
      And ssri is not withheld
      And a caution stands beside ssri that says "Before a start, a clinician assesses for bipolar disorder" because of "antidepressant-needs-a-look-for-past-mania"

    @S1-02 @S1-04 @T29
    Scenario: Bipolar disorder in the family
      Given a person of 29 in outpatient care
      And bipolar disorder is in the family
      And alcohol use disorder is active, moderate
      And depression is active, moderate
      When the intake team asks for a recommendation
      Then ssri is recommended
      And a caution stands beside ssri that says "Consider a clinician's assessment before starting" because of "family-history-asks-for-bipolar-assessment"
      And bipolar-assessment is recommended
      And "antidepressant-alone-not-in-bipolar" cannot be settled
      And mood-stabiliser is not recommended

    @S1-02 @S1-04
    Scenario: Bipolar status never looked at, before an antidepressant
      Given a person of 29 in outpatient care
      And alcohol use disorder is active, moderate
      And depression is active, moderate
      When the intake team asks for a recommendation
      Then ssri is recommended
      And a caution stands beside ssri because of "antidepressant-needs-a-look-for-past-mania"
      And it asks for mania.history

    @S1-02 @S1-04 @T29
    Scenario: A mania some years ago, before the use
      Given a person of 29 in outpatient care
      And mania.history is yes
      And sertraline is proposed
      And depression is active, moderate
      When the intake team asks for a recommendation
      Then bipolar-assessment is recommended soon because of "possible-bipolar-disorder-asks-for-assessment"
      And ssri is withheld because of "antidepressant-alone-not-in-bipolar"

    @S1-04
    Scenario: Ruled out, and no mania ever
      Given a person of 29 in outpatient care
      And bipolar disorder is ruled out
      And mania.history is no
      And mania.current is no
      And alcohol use disorder is active, moderate
      And depression is active, moderate
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then ssri is recommended soon because of "depression-treated-with-alcohol-use-disorder"
      And bipolar-assessment is not recommended
      And no caution stands beside ssri

  Rule: Treatment of both, at once

    @S1-01 @S1-04 @S2-04
    Scenario: Bipolar disorder with alcohol use disorder
      Given a person of 38 in outpatient care
      And bipolar disorder is active
      And alcohol use disorder is active, moderate
      And no opioid by history, medication list and urine test
      When the intake team asks for a recommendation
      Then mood-stabiliser, naltrexone and psychiatric-evaluation are recommended soon because of "bipolar-with-alcohol-use-disorder"

    @S1-04
    Scenario: Topiramate is no treatment of mania
      Given a person of 38 in outpatient care
      And bipolar disorder is active
      And topiramate is proposed
      When the intake team asks for a recommendation
      Then a caution stands beside topiramate that says "For alcohol use only" because of "topiramate-is-not-a-treatment-for-mania"

    @S1-04 @T44 @T61
    Scenario Outline: Depression is treated while use goes on
      Given a person of 38 in outpatient care
      And depression is active, moderate
      And mania.history is no
      And <use disorder> use disorder is active, severe
      And use.days_last_30 is 28
      When the intake team asks for a recommendation
      Then ssri and cbt are recommended soon

      Examples:
        | use disorder |
        | alcohol      |
        | opioid       |
