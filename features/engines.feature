Feature: Two engines judge every decision
  Our own reading of the rules answers; durable-rules judges the same record beside it. Where they differ, the answer is
  ours, an emergency that either calls for is kept, somebody is told, and the service no longer calls itself ready.

  @S2-18 @durable
  Scenario Outline: Both engines agree
    Given both engines are running
    And the sample record <name>
    When the intake team asks for a recommendation
    Then the engines are said to have agreed
    When somebody asks whether the service is ready
    Then it is ready, and the engines are agreeing

    Examples:
      | name                     |
      | intake-opioid-depression |
      | intake-alcohol-anxiety   |
      | aftercare-early-warning  |

  @S2-18 @durable
  Scenario: One engine or two, the same decision
    Given a person of 45 in outpatient care
    And the C-SSRS was answered yes to 6 lifetime, otherwise no
    And alcohol use disorder is active, severe
    When the intake team asks for a recommendation
    And both engines are asked
    Then the same decision comes back, but for what is said of the engines

  @S2-18 @durable
  Scenario: The second engine calls for an emergency that the first does not see
    Given a second engine that is wrong about "high-suicide-risk-is-a-crisis"
    And a person of 45 in outpatient care
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the engines are said to have disagreed about "high-suicide-risk-is-a-crisis"
    And "high-suicide-risk-is-a-crisis" does not hold
    And the first thing to do is a contact within the hour by a crisis clinician (E5) because of "high-suicide-risk-is-a-crisis"
    And the escalation to E5 is marked as unconfirmed
    And continuous-observation is not recommended
    When somebody asks whether the service is ready
    Then it is not ready, and the engines are disagreeing
    And the disagreement is written down

  @S2-18 @durable
  Scenario: The second engine misses an emergency that the first sees
    Given a second engine that is wrong about "high-suicide-risk-is-a-crisis"
    And a person of 45 in outpatient care
    And the C-SSRS was answered yes to 4, otherwise no
    When the intake team asks for a recommendation
    Then the engines are said to have disagreed about "high-suicide-risk-is-a-crisis"
    And the first thing to do is a contact within the hour by a crisis clinician (E5) because of "high-suicide-risk-is-a-crisis"
    And continuous-observation is recommended at once
    When somebody asks whether the service is ready
    Then it is not ready, and the engines are disagreeing

  @S2-18 @durable
  Scenario: A disagreement about something that is no emergency changes nothing in the answer
    Given a second engine that is wrong about "legal-problem-asks-for-legal-aid"
    And a person of 45 in outpatient care
    And need.legal is no
    When the intake team asks for a recommendation
    Then the engines are said to have disagreed about "legal-problem-asks-for-legal-aid"
    And legal-aid is not recommended
    When somebody asks whether the service is ready
    Then it is not ready, and the engines are disagreeing

  @S2-18 @durable
  Scenario: The second engine breaks down, and comes back
    Given a second engine that breaks down at its first answer
    And a person of 45 in outpatient care
    And the C-SSRS was answered yes to 4, otherwise no
    When the intake team asks for a recommendation
    Then the engines are said to have gone unchecked
    And the first thing to do is a contact within the hour by a crisis clinician (E5)
    When the intake team asks until both engines have answered
    Then the engines are said to have agreed

  @S2-18
  Scenario: The second engine is switched off
    Given a person of 45 in outpatient care
    When the intake team asks for a recommendation
    Then the engines are said to have gone unchecked
    When somebody asks whether the service is ready
    Then it is ready, and the engines are unchecked
