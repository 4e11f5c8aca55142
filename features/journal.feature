Feature: What was decided is written down
  Every answer is in the journal before it leaves. It can be found again, made again to the byte, and asked for twice
  without becoming two. When the journal fails, nobody is left without an answer, and everybody can see it.

  @S2-14 @S1-18
  Scenario: A decision is written down before it is answered
    Given a journal of its own
    And the sample record intake-opioid-depression
    When the intake team asks for a recommendation
    Then the answer is said to be recorded
    And the journal has it, and it comes out again as it left

  @S2-14
  Scenario: A request that is sent twice is one decision
    Given a journal of its own
    And the sample record intake-alcohol-anxiety
    When the intake team asks twice under one key
    Then both answers are the same entry of the journal

  @S2-18
  Scenario: The journal fails, and the person is still helped
    Given a journal that cannot be written
    And a person of 45 in outpatient care
    And the C-SSRS was answered yes to 6 lifetime, otherwise no
    When the intake team asks for a recommendation
    Then the answer is said to be unrecorded
    And the first thing to do is still shown
    When the journal can be written again
    Then the service is ready within 5 seconds, and the gap is written down
