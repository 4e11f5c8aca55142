Feature: Who may ask
  Nothing is open that somebody has not opened: a role, a purpose and a patient one cares for.

  @S2-14
  Scenario: Nobody knows who asks
    Given a person of 40 in outpatient care
    When somebody unknown asks for a recommendation
    Then the answer is 401 and says "Send a bearer token, or sign in."

  @S2-14
  Scenario Outline: What a role may see
    When a <role> asks for <what>
    Then the answer is <status>

    Examples:
      | role          | what            | status |
      | administrator | the accounts    | 200    |
      | intake        | the accounts    | 403    |
      | monitor       | the figures     | 200    |
      | ehr client    | the figures     | 403    |
      | patient       | the consents    | 200    |
      | care manager  | the consents    | 200    |
      | prescriber    | the consents    | 404    |
      | family        | the consents    | 403    |
      | patient       | the disclosures | 200    |
      | prescriber    | the disclosures | 403    |

  @S2-14
  Scenario: A clinician opens a decision before they have signed in
    When a browser in which nobody has signed in opens a decision
    Then it is led to the page to sign in, and from there to the decision

  @S2-14
  Scenario: A patient of another tenant is no patient at all
    When a care manager asks for the consents of another tenant
    Then the answer is 404 and says "There is no such patient, or you are not on their team."

  @S2-14 @T83
  Scenario: Nothing leaves for proceedings against the person
    Given a person of 40 in outpatient care
    When City Hospital asks for a recommendation for legal
    Then the answer is 403 and says "Ask the privacy officer"
