Feature: A whole population
  A clinic hands over its bulk export, and has a decision for everybody in it: nobody lost, nobody twice, and whatever could
  not be read is told by file and line. It is done for operations, so consent is applied to everybody before it is judged.

  Background:
    Given a bulk export of Maya, Noor and Otto, whose resources lie scattered over files

  Scenario: Everybody is decided for
    When the export is run
    Then there is one answer each for Maya, Noor and Otto
    And every decision is in the journal
    And nothing of a person is printed

  Scenario: A line that is broken is told, and costs nobody their decision
    Given line 2 of "Observation.ndjson" is broken
    When the export is run
    Then there is one answer each for Maya, Noor and Otto
    And it is told that "Observation.ndjson:2" is "line-broken"

  Scenario: A score for somebody who is not in the export
    Given line 2 of "Observation.ndjson" is about somebody who is not in the export
    When the export is run
    Then there is one answer each for Maya, Noor and Otto
    And it is told that "Observation.ndjson:2" is "patient-unknown"

  Scenario: Another reading of the same file
    Given "Observation.ndjson" is there twice
    When the export is run
    Then it is told that "Observation.ndjson.copy.ndjson" is "file-repeated"

  Scenario: The run is interrupted
    Given the run was interrupted when one person was done
    When the run is gone on with
    Then there is one answer each for Maya, Noor and Otto
    And every decision is in the journal

  Scenario: What a programme for substance use care has told stays with it
    Given a programme for substance use care has told that Maya takes methadone
    When the export is run for City Hospital
    Then no result names what the programme has told
    When the export is run again for the programme
    Then the answer for Maya names what the programme has told

  Scenario: A system asks for it, and comes back for it
    When a system asks for the export to be run
    Then it is told where to look, and finds an answer each for Maya, Noor and Otto there
    And another system finds nothing there
