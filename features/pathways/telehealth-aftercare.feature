Feature: Telehealth aftercare walks with the person
  P11: from the first month after a stay to check-ups every three months, and back to help at every moment.

  Background:
    Given a person of 34 in telehealth care
    And aftercare is going well

  @S1-06 @S1-18
  Scenario: From the first month to check-ups every three months
    Given the person left residential care 1 day ago
    When the aftercare team asks for a recommendation
    Then the person stands at first-contact on telehealth-aftercare
    And follow-up is at most every 2 days
    Given 1 day passes
    And the task first-contact on telehealth-aftercare is done
    When the aftercare team asks for a recommendation
    Then the person stands at first-plan on telehealth-aftercare
    And early-warning-signature and crisis-card are recommended
    Given 5 days pass
    And aftercare is going well
    And the task first-plan on telehealth-aftercare is done
    When the aftercare team asks for a recommendation
    Then the person stands at stabilising on telehealth-aftercare
    And the person stands at conference-held on telehealth-aftercare
    Given 28 days pass
    And aftercare is going well
    When the aftercare team asks for a recommendation
    Then the person stands at consolidating on telehealth-aftercare
    Given 56 days pass
    And aftercare is going well
    When the aftercare team asks for a recommendation
    Then the person stands at extending on telehealth-aftercare
    Given 98 days pass
    And aftercare is going well
    When the aftercare team asks for a recommendation
    Then the person stands at maintaining on telehealth-aftercare
    Given 184 days pass
    And aftercare is going well
    When the aftercare team asks for a recommendation
    Then the person stands at recovery-check-ups on telehealth-aftercare

  @S1-18 @S2-08 @T67
  Scenario: A return to use, a plan of four weeks, and back on the road
    Given the person left residential care 28 days ago
    And the person stands at consolidating on telehealth-aftercare since 10 days ago
    And use.returned_other is yes
    When the aftercare team asks for a recommendation
    Then the person stands at lapse-plan on telehealth-aftercare
    Given 27 days pass
    And aftercare is going well
    And use.returned_other is no
    When the aftercare team asks for a recommendation
    Then the person stands at lapse-plan on telehealth-aftercare
    Given 1 day passes
    And aftercare is going well
    When the aftercare team asks for a recommendation
    Then the person stands at stabilising on telehealth-aftercare

  @S2-16 @T73
  Scenario: Danger leads to daily contact from every stage, whatever else is unknown
    Given the person stands at maintaining on telehealth-aftercare since 40 days ago
    And overdose.now is yes now
    When the aftercare team asks for a recommendation
    Then the person stands at stepped-up on telehealth-aftercare

  @S1-18 @T70
  Scenario: What is not known eases nothing
    Given the person left residential care 28 days ago
    And the person stands at stabilising on telehealth-aftercare since 28 days ago
    And the PHQ-9 was declined
    When the aftercare team asks for a recommendation
    Then the person stands at stabilising on telehealth-aftercare

  @S2-01 @S2-18 @T73
  Scenario: In each remote session the place comes first
    Given aftercare.enrolled is yes
    And the person stands at stabilising on telehealth-aftercare since 5 days ago
    And the person stands at session-open on telehealth-aftercare since 5 days ago
    When the aftercare team asks for a recommendation
    Then the person stands at session-open on telehealth-aftercare
    Given session.identity_confirmed is yes now
    When the aftercare team asks for a recommendation
    Then the person stands at session-stopped on telehealth-aftercare
    And the person stands at stabilising on telehealth-aftercare
    And it asks for patient.location_verified
    Given 1 hour passes
    And the person's location in US is confirmed now
    When the aftercare team asks for a recommendation
    Then the person stands at session-open on telehealth-aftercare

  @S2-01 @S2-18 @T73
  Scenario: A session that stopped for want of the place is called back within the hour
    Given aftercare.enrolled is yes
    And the person stands at stabilising on telehealth-aftercare since 5 days ago
    And the person stands at session-stopped on telehealth-aftercare since 2 hours ago
    When the aftercare team asks for a recommendation
    Then the person stands at session-stopped on telehealth-aftercare
    And the team is told "Call back by another channel and confirm the place"

  @S2-10 @S2-15
  Scenario Outline: A case conference each month in the first year, then each quarter
    Given aftercare.enrolled is yes
    And aftercare.days is <in care> days
    And the person stands at maintaining on telehealth-aftercare since 5 days ago
    And the person stands at conference-held on telehealth-aftercare since <since> days ago
    When the aftercare team asks for a recommendation
    Then the person stands at <stage> on telehealth-aftercare

    Examples:
      | in care | since | stage           |
      | 200     | 29    | conference-held |
      | 200     | 30    | conference-due  |
      | 400     | 89    | conference-held |
      | 400     | 90    | conference-due  |

  @S2-10 @T77
  Scenario: The conference was held, and the next one is a month away
    Given the person stands at stabilising on telehealth-aftercare since 5 days ago
    And the person stands at conference-due on telehealth-aftercare since 2 days ago
    And the task conference-due on telehealth-aftercare is done
    When the aftercare team asks for a recommendation
    Then the person stands at conference-held on telehealth-aftercare

  @S1-13 @S2-05 @S2-08
  Scenario Outline: Two returns to use in four weeks, and a decision about more care
    Given the person left residential care 60 days ago
    And the person stands at <stage> on telehealth-aftercare since 10 days ago
    And use.lapses_28_days is 2 now
    When the aftercare team asks for a recommendation
    Then the person stands at step-up-question on telehealth-aftercare
    And it asks for step_up.decided
    And follow-up is at most every 3 days
    Given step_up.decided is no
    When the aftercare team asks for a recommendation
    Then the person stands at at-risk on telehealth-aftercare
    And follow-up is at most every 3 days
    Given step_up.decided is yes now
    When the aftercare team asks for a recommendation
    Then the person stands at stepped-up on telehealth-aftercare
    And follow-up is every 1 day

    Examples:
      | stage       |
      | lapse-plan  |
      | maintaining |

  @S2-05 @S2-08 @T18
  Scenario Outline: Signs that do not settle within a week ask for a decision
    Given the person left residential care 60 days ago
    And the person stands at at-risk on telehealth-aftercare since <days> days ago
    And the sign count is not known
    When the aftercare team asks for a recommendation
    Then the person stands at <stage> on telehealth-aftercare

    Examples:
      | days | stage            |
      | 6    | at-risk          |
      | 7    | step-up-question |
