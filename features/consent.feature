Feature: Who may learn what
  What a programme for substance use care has told stays with it until the person, or an emergency, opens it. What may
  not be shown leaves no trace; and where safety rests on it, that is said, and never passed over.

  Background:
    Given a person of 40 in outpatient care
    And the record says who the person is

  @S2-14 @T81 @V44
  Scenario: Naltrexone is proposed, and methadone is known only to the programme
    Given every list was reviewed today
    And no opioid by history, medication list and urine test
    And naltrexone is proposed
    And a programme for substance use care has told that methadone is taken
    When City Hospital asks for a recommendation
    Then the answer does not show that methadone is taken
    And it says only that something in restricted records bears on safety

  @S2-14
  Scenario: The programme itself loses nothing
    Given a programme for substance use care has told that methadone is taken
    When the programme asks for a recommendation
    Then the answer shows that methadone is taken

  @S2-14 @T81
  Scenario: What changes nothing for safety leaves no trace
    Given a programme for substance use care has told that legal help is a need
    When City Hospital asks for a recommendation
    Then the answer is what it would be if the programme had told nothing

  @S2-14
  Scenario: A consent opens, goes with what it opens, and can be taken back at once
    Given a programme for substance use care has told that methadone is taken
    And the person has consented that City Hospital sees it for treatment
    When City Hospital asks for a recommendation
    Then the answer shows that methadone is taken
    And the notice against passing it on goes with it
    And the person can read that City Hospital was told, on the ground of consent
    When the person takes the consent back
    And City Hospital asks for a recommendation
    Then the answer does not show that methadone is taken
    And the person reads "City Hospital may no longer see substance use treatment records"

  @S2-14
  Scenario: A consent for one purpose opens no other
    Given a programme for substance use care has told that methadone is taken
    And the person has consented that City Hospital sees it for payment
    When City Hospital asks for a recommendation for treatment
    Then the answer does not show that methadone is taken

  @S2-14 @S2-16 @T80
  Scenario: In an emergency the person is protected first, and it is reviewed afterwards
    Given a programme for substance use care has told that methadone is taken
    When City Hospital asks in an emergency that it has given a reason for
    Then the answer shows that methadone is taken
    And the person can read that City Hospital was told, on the ground of emergency
    And it waits to be reviewed by somebody else

  @S2-09 @S2-14 @T80 @T82
  Scenario: A relative learns nothing of a minor's substance use or mental health
    Given a programme for substance use care has told that the person thinks of suicide
    When City Hospital asks for a recommendation to show to a relative
    Then the answer is what it would be if the programme had told nothing

  @S2-09 @S2-14 @T82
  Scenario Outline: Who signs for a young person depends on the state, the kind of care and the age
    Given the person is of <age> years and in <state>
    And an outpatient programme for substance use care has told that legal help is a need
    And the person has consented, signed by <signed>, that City Hospital sees it for treatment
    When City Hospital asks for a recommendation
    Then the answer <shows> that legal help is a need

    Examples:
      | age     | state      | signed               | shows         |
      | 13      | Washington | them alone           | shows         |
      | 12      | Washington | them alone           | does not show |
      | 12      | Washington | them and a guardian  | shows         |
      | 17      | Texas      | them alone           | does not show |
      | 17      | Texas      | them and a guardian  | shows         |
      | 18      | Texas      | them alone           | shows         |
      | 18      | Nebraska   | them alone           | does not show |
      | 17      | unknown    | them alone           | does not show |
      | unknown | Washington | them alone           | does not show |
