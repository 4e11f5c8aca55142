Feature: Everybody who is stored here
  A clinic whose patients are stored here asks for a decision for all of them, with no export in between. Each is decided from
  what was known when the run began, for operations, with consent applied first; whoever was forgotten is not in it.

  Scenario: Everybody of the clinic but whoever asked to be forgotten
    Given Maya and Noor are stored patients, and Otto was one until he asked to be forgotten
    When the stored patients are run
    Then there is one answer each for Maya and Noor
    And every decision is in the journal

  Scenario: A system has those on whose care team it is
    Given Maya and Noor are stored patients of one system, and Otto of another
    When the first system asks for the stored patients to be run
    Then it finds one answer each for Maya and Noor, and nothing of Otto

  Scenario: How often a clinic followed up, without telling of anybody
    Given 12 stored patients were seen within a week of an overdose, 11 later, and of 11 it is not known
    When the clinical lead asks how often that was
    Then 12 of the 23 of whom it is known were seen within a week, and 11 stand apart
    And nobody is named

  Scenario: Too few to be told
    Given 3 stored patients were seen within a week of an overdose, 11 later, and of 0 it is not known
    When the clinical lead asks how often that was
    Then it is said that there were 14, and how many of them were seen in time is masked
