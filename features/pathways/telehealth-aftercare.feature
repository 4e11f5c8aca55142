Feature: Telehealth aftercare walks with the person
  P11: from the first month after a stay to check-ups every three months, and back to help at every moment.

  Background:
    Given a person of 34 in telehealth care
    And aftercare is going well

  @S1-06 @S1-18
  Scenario: From the first month to check-ups every three months
    Given the person left residential care 28 days ago
    And the person stands at stabilising on telehealth-aftercare since 28 days ago
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
