Feature: Which EHR systems are trusted, and where we call back
  An EHR signs each of its calls for us, now and once. We ask its FHIR server only where that was agreed, and what cannot be
  had is never taken for "there is none".

  Background:
    Given City Hospital has registered its EHR

  @cds-hooks-r176 @cds-hooks-r199
  Scenario: A call that the EHR has signed
    When the EHR calls with a token that it has signed for this call
    Then it is let in as City Hospital

  @cds-hooks-r195 @cds-hooks-r201
  Scenario Outline: A call that nobody can vouch for
    When the EHR calls with <token>
    Then nobody is let in, and the EHR reads "<words>"

    Examples:
      | token                                   | words                                  |
      | a token that was used before            | Make a new one for each call           |
      | a token that has ended                  | look at your clock                     |
      | a token that is good for a day          | look at your clock                     |
      | a token that is meant for somebody else | Put the address that is called in aud  |
      | a token that somebody else has signed   | The signed token does not hold         |
      | a token that is not signed              | Sign as your profile has it            |
      | a token of an EHR that nobody knows     | Register its iss                       |
      | a token with keys from elsewhere        | Register the address of its key set    |

  Scenario: The EHR changes its keys while it is being served
    Given the EHR keeps its keys at an address that it has registered
    When the EHR calls with a token that it has signed for this call
    And the EHR changes its key
    And the EHR calls with a token that it has signed for this call
    Then each of the calls is let in as City Hospital
    And a token signed with the key of before is refused

  Scenario: The site moves to other keys, and its EHR stays who it is
    When the EHR calls with a token that it has signed for this call
    And an administrator registers other keys for it
    And the EHR calls with a token that it has signed for this call
    Then each of the calls is let in as City Hospital
    And a token signed with the key of before is refused

  @S2-16
  Scenario: The database takes no changes for a while
    Given the database can be read and takes no changes
    When the EHR calls with a token that it has signed for this call
    Then it is let in as City Hospital
    And the same token is refused when it comes again

  Scenario: The address with the keys is down
    Given the EHR keeps its keys at an address that it has registered
    And the address with the keys is down
    When the EHR calls with a token that it has signed for this call
    Then it is asked to come back in a while

  Scenario: A FHIR server that was registered is asked for what is missing
    Given a FHIR server that City Hospital has registered
    When the patient is asked for at the server
    Then the patient is there

  Scenario Outline: What cannot be had is never taken for "there is none"
    Given a FHIR server that City Hospital has registered
    And the server <fails>
    When the patient is asked for at the server
    Then it is unavailable because of "<reason>"

    Examples:
      | fails                         | reason      |
      | is too slow                   | timeout     |
      | sends us somewhere else       | redirected  |
      | does not accept the token     | refused     |
      | answers with a web page       | not-json    |
      | answers with more than we ask | too-large   |

  Scenario: A FHIR server that nobody registered is not called
    Given a FHIR server that nobody has registered
    When the patient is asked for at the server
    Then it is unavailable because of "not-registered"
    And the server was never called

  Scenario Outline: A system that runs by itself does what its token is for
    Given a registry may read observations
    When the registry takes a token for "<asked>"
    Then the token is for "<given>"
    And it <may read> and may not write observations

    Examples:
      | asked                                    | given                 | may read     |
      | system/Observation.rs                    | system/Observation.rs | may read     |
      | system/*.rs                              | system/Observation.rs | may read     |
      | system/Observation.crus                  | system/Observation.rs | may read     |
      | system/Observation.s                     | system/Observation.s  | may not read |

  @cds-hooks-r208
  Scenario Outline: A web page asks from a browser
    Given City Hospital has registered the page "https://app.city.example"
    When the page "<page>" asks from a browser
    Then the browser <lets> it read the answer

    Examples:
      | page                     | lets         |
      | https://app.city.example | lets         |
      | https://evil.example     | does not let |
