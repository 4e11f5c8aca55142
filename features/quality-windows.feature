Feature: Windows of follow-up
  Our own windows, aligned with published measures and never a claim of one. Calendar days count. The same day counts after
  an emergency visit and not after a stay. A window says when to reach out, before it says anything in a report.

  Rule: The same day counts after an emergency, and not after a stay

    @S1-18 @S1-20 @T78
    Scenario Outline: After an emergency visit for an overdose, not admitted
      Given a person of <age> in outpatient care
      And emergency.reason is overdose
      And emergency.admitted is no
      And emergency.first_visit_day is <day> days
      When the aftercare team asks for a recommendation
      Then "emergency-for-substance-use-followed-within-7-days" <seven>
      And "emergency-for-substance-use-followed-within-30-days" <thirty>

      Examples:
        | age | day | seven         | thirty        |
        | 13  | 0   | holds         | holds         |
        | 13  | 7   | holds         | holds         |
        | 13  | 8   | does not hold | holds         |
        | 13  | 30  | does not hold | holds         |
        | 13  | 31  | does not hold | does not hold |
        | 12  | 0   | does not hold | does not hold |

    @S1-18 @S1-20 @T78
    Scenario Outline: After a psychiatric stay
      Given a person of <age> in outpatient care
      And the person left psychiatric care 2 days ago
      And discharge.first_visit_day is <day> days
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then "psychiatric-stay-followed-within-7-days" <seven>
      And "a-visit-on-the-day-of-discharge-is-not-the-follow-up" <again>

      Examples:
        | age | day | seven         | again         |
        | 6   | 0   | does not hold | holds         |
        | 6   | 1   | holds         | does not hold |
        | 6   | 7   | holds         | does not hold |
        | 6   | 8   | does not hold | does not hold |
        | 5   | 1   | does not hold | does not hold |

    @S1-18 @T17 @T79
    Scenario: An emergency visit asks what for, and when the follow-up is
      Given a person of 40 in outpatient care
      And there was an emergency visit 3 days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then it asks for emergency.reason
      And it asks for emergency.first_visit_day
      And "a-late-follow-up-after-an-emergency-is-booked-again" cannot be settled

    @S1-18 @T79
    Scenario Outline: The follow-up after an emergency is booked too late
      Given a person of 40 in outpatient care
      And there was an emergency visit 3 days ago
      And the event list was reviewed today
      And emergency.first_visit_day is <day> days
      When the aftercare team asks for a recommendation
      Then "a-late-follow-up-after-an-emergency-is-booked-again" <state>

      Examples:
        | day | state         |
        | 7   | does not hold |
        | 8   | holds         |

  Rule: A start, and then two more

    @S1-20 @T78
    Scenario Outline: Beginning and going on
      Given a person of 40 in outpatient care
      And episode.first_service_day is <first> days
      And episode.second_further_day is <second> days
      When the aftercare team asks for a recommendation
      Then "treatment-of-a-new-episode-begun-within-14-days" <started>
      And "two-further-services-within-34-days-are-engagement" <engaged>

      Examples:
        | first | second | started       | engaged       |
        | 0     | 34     | holds         | holds         |
        | 14    | 30     | holds         | holds         |
        | 14    | 35     | holds         | does not hold |
        | 15    | 20     | does not hold | does not hold |

    @S1-20 @T14
    Scenario Outline: Depression measured again
      Given a person of 40 in outpatient care
      And depression.follow_up_day is <day> days
      And depression.follow_up_total is <total>
      When the aftercare team asks for a recommendation
      Then "depression-measured-again-after-four-to-eight-months" <measured>
      And "a-follow-up-phq9-below-5-is-remission" <remitted>

      Examples:
        | day | total | measured      | remitted      |
        | 119 | 3     | does not hold | does not hold |
        | 120 | 4     | holds         | holds         |
        | 240 | 5     | holds         | does not hold |
        | 241 | 3     | does not hold | does not hold |
