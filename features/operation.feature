Feature: A service that can be relied on
  It says truthfully whether it may be relied on, and turns nobody away without saying when to come back.

  @S2-14
  Scenario: Ready
    When somebody looks whether it is ready
    Then it is 200 and says "reachable"

  @S2-14
  Scenario: About to end
    Given a person of 40 in outpatient care
    When the service is told to end
    And somebody looks whether it is ready
    Then it is 503 and says "not_ready"
    When City Hospital asks for a recommendation
    Then it is 503 and says "Send it to another instance"
