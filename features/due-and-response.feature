Feature: What is due again, and what a score has come to
  A questionnaire is asked again in its interval. A gain that is lost shows, and so does one that counts. A score never ends a
  diagnosis or a treatment, and a suicide screen without positive answers is asked again.

  @S1-13 @S2-05 @T08 @T09
  Scenario Outline: A PHQ-9 back at 15 is looked at, also after a small step
    Given a person of 41 in outpatient care
    And the PHQ-9 total is <before> 4 weeks ago
    And the PHQ-9 total is <now> today
    When the aftercare team asks for a recommendation
    Then "phq9-five-points-above-its-best-asks-for-a-review" <state>

    Examples:
      | before | now | state         |
      | 13     | 15  | holds         |
      | 14     | 15  | holds         |
      | 15     | 16  | does not hold |
      | 11     | 14  | does not hold |
      | 8      | 13  | holds         |

  @S1-20 @S2-02
  Scenario Outline: While PTSD is treated, the PCL-5 comes round every four weeks
    Given a person of 41 in outpatient care
    And PTSD is active
    And the PCL-5 total is 40 <when>
    When the aftercare team asks for a recommendation
    Then "pcl5-is-due-while-ptsd-is-treated" <state>

    Examples:
      | when        | state         |
      | 27 days ago | does not hold |
      | 28 days ago | holds         |

  @S1-13 @S1-20 @T14 @T35
  Scenario Outline: A low PCL-5 asks where treatment stands, and ends nothing
    Given a person of 41 in outpatient care
    And PTSD is active
    And alcohol use disorder is active, moderate
    And the PCL-5 total is <total>
    When the aftercare team asks for a recommendation
    Then "a-low-pcl-5-in-ptsd-asks-where-treatment-stands" <state>
    And trauma-focused-therapy is recommended

    Examples:
      | total | state         |
      | 28    | holds         |
      | 29    | does not hold |

  @S1-13 @S1-20 @T08
  Scenario Outline: Eight points less on the insomnia index are a response
    Given a person of 41 in outpatient care
    And the Insomnia Severity Index total is 20 6 weeks ago
    And the Insomnia Severity Index total is <now> today
    When the aftercare team asks for a recommendation
    Then "an-insomnia-score-eight-points-lower-is-named-as-progress" <state>

    Examples:
      | now | state         |
      | 12  | holds         |
      | 13  | does not hold |

  @S1-20 @S2-02
  Scenario: Craving that nobody has asked about for a week is asked about
    Given a person of 41 in telehealth care
    And aftercare.enrolled is yes
    And craving.daily was 2, 1, 2 on the last 3 days, up to 8 days ago
    When the aftercare team asks for a recommendation
    Then "craving-is-asked-about-weekly-in-aftercare" holds
    And measurement-check is recommended

  @S2-18 @T04
  Scenario Outline: A suicide screen without positive answers is asked again after a month
    Given a person of 41 in outpatient care
    And depression is active
    And alcohol use disorder is active, moderate
    And the C-SSRS was answered no throughout <when>
    When the aftercare team asks for a recommendation
    Then "a-clear-suicide-screen-is-repeated-each-month" <state>

    Examples:
      | when        | state         |
      | 29 days ago | does not hold |
      | 30 days ago | holds         |

  @S1-02 @S1-04 @T35
  Scenario Outline: A moderate smoking index is help offered, and no diagnosis
    Given a person of 41 in outpatient care
    And the Heaviness of Smoking Index total is <total>
    When the intake team asks for a recommendation
    Then "a-moderate-smoking-index-asks-for-an-offer-to-quit" <state>

    Examples:
      | total | state         |
      | 2     | does not hold |
      | 3     | holds         |

  @S1-02 @T12 @T30
  Scenario Outline: The PCL-5 is asked for from the cut-off that holds for the person
    Given a <sex> of 41 in outpatient care
    And the PC-PTSD-5 total is <total>
    When the intake team asks for a recommendation
    Then "a-positive-trauma-screen-asks-for-the-pcl-5" <state>

    Examples:
      | sex   | total | state         |
      | man   | 3     | does not hold |
      | man   | 4     | holds         |
      | woman | 2     | does not hold |
      | woman | 3     | holds         |

  @S1-04
  Scenario: On clozapine, advice to offer an antipsychotic means the clozapine
    Given a person of 41 in outpatient care
    And psychosis is active
    And cannabis use disorder is active, moderate
    And clozapine is taken
    When the intake team asks for a recommendation
    Then a caution stands beside antipsychotic that says "Clozapine is the antipsychotic in use" because of "clozapine-in-use-is-looked-at-before-another-antipsychotic"

  @S1-04 @T15
  Scenario Outline: A dose of the medication list counts as the daily dose
    Given a person of 41 in outpatient care
    And methadone is taken, 60 mg a day
    And citalopram is <status>, <dose> mg a day
    When the intake team asks for a recommendation
    Then "citalopram-above-20-mg-with-methadone" <state>

    Examples:
      | status   | dose | state         |
      | taken    | 20   | does not hold |
      | taken    | 30   | holds         |
      | proposed | 30   | holds         |
