Feature: Trauma and substance use walk together
  P07: trauma-focused therapy as soon as the person is ready and wants it; use is no reason to wait, danger is.

  Background:
    Given a person of 38 in telehealth care
    And alcohol use disorder is active
    And every list was reviewed today
    And need.unsafe_home is no, yesterday
    And psychosis.current is no, yesterday
    And session.intoxicated is no, yesterday
    And trauma.prefers_present_focus is no, yesterday
    And trauma.prefers_medicine is no, yesterday
    And programme.trauma_therapist is yes, yesterday
    And the C-SSRS was answered no throughout

  @S1-01 @S1-03 @S1-18 @V30 @T61
  Scenario: From a score of 46, still drinking, to relapse prevention
    Given the PCL-5 total is 46
    And alcohol.heavy_days_30 is 8
    And ptsd is active
    When the intake team asks for a recommendation
    Then the person stands at trauma-therapy on trauma-and-substance-use
    And trauma-focused-therapy is recommended
    And follow-up is at most every 7 days
    Given 56 days pass
    And the PCL-5 total is 31
    And aftercare is going well
    And psychosis.current is no
    When the aftercare team asks for a recommendation
    Then the person stands at relapse-prevention on trauma-and-substance-use
    And the person stands at first-contact on telehealth-aftercare
    And relapse-prevention-plan is recommended

  @S1-13 @T08
  Scenario Outline: What eight weeks have changed
    Given the PCL-5 total is 46, 56 days ago
    And ptsd is active
    And the person stands at trauma-therapy on trauma-and-substance-use since 56 days ago
    And aftercare is going well
    And the PCL-5 total is <total>
    When the aftercare team asks for a recommendation
    Then the person stands at <stage> on trauma-and-substance-use

    Examples:
      | total | stage              |
      | 31    | relapse-prevention |
      | 32    | finish-course      |
      | 41    | finish-course      |
      | 42    | other-therapy      |

  @S1-02 @T30 @T35
  Scenario: A positive screen asks for the PCL-5 and an interview before anything is called PTSD
    Given the PC-PTSD-5 was answered yes to exposure, 1, 2, 3 and 4, otherwise no
    When the intake team asks for a recommendation
    Then the person stands at interview on trauma-and-substance-use
    And the way to ready is held because of pcl5.total
    And it asks for the PCL-5
    Given 3 days pass
    And the PCL-5 total is 32
    When the aftercare team asks for a recommendation
    Then the person stands at no-ptsd-found on trauma-and-substance-use
    Given 60 days pass
    And the PCL-5 total is 33
    When the aftercare team asks for a recommendation
    Then the person stands at ready on trauma-and-substance-use

  @S1-12
  Scenario Outline: The person's choice
    Given ptsd is active
    And <choice>
    When the intake team asks for a recommendation
    Then the person stands at <stage> on trauma-and-substance-use

    Examples:
      | choice                               | stage           |
      | trauma.prefers_present_focus is yes  | present-focused |
      | trauma.prefers_medicine is yes       | medicine        |
      | programme.trauma_therapist is no     | medicine        |
      | trauma.prefers_medicine is not known | ready           |

  @S1-03 @S2-18 @T72
  Scenario: Psychosis sends trauma work to skills, and back when it is known to be over
    Given ptsd is active
    And the person stands at trauma-therapy on trauma-and-substance-use since 20 days ago
    And psychosis.current is yes
    When the aftercare team asks for a recommendation
    Then the person stands at present-focused on trauma-and-substance-use
    And trauma-focused-therapy is withheld because of "imminent-danger-puts-trauma-sessions-off"
    And seeking-safety is recommended
    Given 8 days pass
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at present-focused on trauma-and-substance-use
    And the way to ready is held because of psychosis.current
    Given psychosis.current is no
    When the aftercare team asks for a recommendation
    Then the person stands at trauma-therapy on trauma-and-substance-use

  @S1-13 @S1-18
  Scenario: Symptoms that rise are managed, and the therapy does not stop by rule
    Given ptsd is active
    And the PCL-5 total is 40, 20 days ago
    And the PCL-5 total is 50
    And use.returned_other is no
    And use.returned_opioid is no
    And the person stands at trauma-therapy on trauma-and-substance-use since 20 days ago
    When the aftercare team asks for a recommendation
    Then the person stands at manage-worsening on trauma-and-substance-use
    And trauma-focused-therapy is recommended
    Given 4 days pass
    And the PCL-5 total is 44
    And the task manage-worsening on trauma-and-substance-use is done
    When the aftercare team asks for a recommendation
    Then the person stands at trauma-therapy on trauma-and-substance-use

  @S1-03 @S2-16
  Scenario: An unsafe home comes first
    Given ptsd is active
    And the person stands at trauma-therapy on trauma-and-substance-use since 20 days ago
    And need.unsafe_home is yes
    When the aftercare team asks for a recommendation
    Then the person stands at safety-first on trauma-and-substance-use
    And domestic-violence-support is recommended
    And follow-up is at most every 3 days
    Given 4 days pass
    And the task safety-first on trauma-and-substance-use is done
    When the aftercare team asks for a recommendation
    Then the person stands at present-focused on trauma-and-substance-use

  @S2-16 @S2-18
  Scenario: Danger leads to daily contact, whatever else is unknown
    Given ptsd is active
    And the person stands at ready on trauma-and-substance-use since 2 days ago
    And trauma.prefers_medicine is not known
    And suicide.attempt_now is yes now
    When the aftercare team asks for a recommendation
    Then the person stands at help-now on trauma-and-substance-use
    And follow-up is at most every 1 day

  @S1-13 @T61
  Scenario: Skills work does not go on for ever before trauma therapy is raised again
    Given ptsd is active
    And trauma.prefers_present_focus is yes
    And the person stands at present-focused on trauma-and-substance-use since 91 days ago
    When the aftercare team asks for a recommendation
    Then it also calls for a review within 14 days by the team (E1)
    And the team is told "Ninety days of skills work have passed."
