Feature: What the programme can do, and the level of care
  A gap in the programme is bridged and never closes a door. The level of care comes from the assessor, with its edition;
  it is compared with what the person receives.

  Rule: What the programme can do, and the level of care

    @S1-01 @S1-07 @S1-19
    Scenario Outline: The recommended level is beyond the local programme
      Given a person of 35 in outpatient care
      And psychosis is active
      And alcohol use disorder is active, severe
      And programme.capability is <capability>
      When the intake team asks for a recommendation
      Then "full-integration-beyond-local-capability-asks-for-a-bridge" <full>
      And "co-located-care-beyond-local-capability-asks-for-the-other-clinician" <one place>

      Examples:
        | capability   | full          | one place     |
        | one_disorder | holds         | holds         |
        | capable      | holds         | does not hold |
        | enhanced     | does not hold | does not hold |

    @S1-01 @S1-07
    Scenario: A gap in the programme brings a bridge, never a closed door
      Given a person of 35 in outpatient care
      And psychosis is active
      And alcohol use disorder is active, severe
      And programme.capability is capable
      When the intake team asks for a recommendation
      Then it also calls for a review within 14 days by the team (E1) because of "full-integration-beyond-local-capability-asks-for-a-bridge"
      And warm-hand-off and case-conference are recommended soon

    @S1-01 @S1-13 @T14
    Scenario Outline: Care below the assessed level
      Given a person of 35 in outpatient care
      And level_of_care.assessed is intensive_outpatient
      And level_of_care.received is <received>
      When the intake team asks for a recommendation
      Then "care-below-the-assessed-level-asks-for-a-decision" <state>
      And it asks for level_of_care.edition

      Examples:
        | received             | state         |
        | outpatient           | holds         |
        | intensive_outpatient | does not hold |

    @S1-01 @T69
    Scenario: The highest need drives the level, and nothing is averaged
      Given a person of 35 in outpatient care
      And level_of_care.highest_dimension is residential
      And level_of_care.assessed is outpatient
      When the intake team asks for a recommendation
      Then comprehensive-assessment is recommended soon because of "the-highest-need-drives-the-level-of-care"

    @S1-13 @S2-10 @T14
    Scenario Outline: When the team meets
      Given a person of 35 in outpatient care
      And <reason>
      When the intake team asks for a recommendation
      Then "<rule>" <state>

      Examples:
        | reason                                    | rule                                        | state         |
        | there was an overdose 14 days ago         | a-same-day-step-asks-for-a-case-conference  | holds         |
        | escalation.same_day_days_since is 14 days | a-same-day-step-asks-for-a-case-conference  | holds         |
        | reviews.worse_streak is 2                 | two-worse-reviews-ask-for-a-case-conference | holds         |
        | reviews.worse_streak is 1                 | two-worse-reviews-ask-for-a-case-conference | does not hold |
