Feature: What questionnaires and scales say, and what they do not
  A score opens a question; it closes none. It counts as far as it was answered, by the person, in a form made for that
  age. Scores are compared only with their like, and against the best the person has reached.

  Rule: Each instrument is scored its own way

    @S1-02 @T30
    Scenario Outline: The trauma screen begins with a gate
      Given a woman of 41 in outpatient care
      And the PC-PTSD-5 was answered <answers>
      When the intake team asks for a recommendation
      Then "positive-trauma-screen-asks-for-evaluation" <state>

      Examples:
        | answers                                        | state             |
        | exposure 0                                     | does not hold     |
        | exposure 1, q1 1, q2 1, q3 0, q4 0 and q5 0    | does not hold     |
        | exposure 1, q1 1, q2 1, q3 1, q4 0 and q5 0    | holds             |
        | q1 0, q2 0, q3 0, q4 0 and q5 0                | cannot be settled |
        | exposure 1                                     | cannot be settled |

    @S1-02 @T29 @T35
    Scenario Outline: The MDQ is positive with all three parts, and even then no diagnosis
      Given a person of 35 in outpatient care
      And the MDQ was answered q1 1, q2 1, q3 1, q4 1, q5 1, q6 1, q7 1, same_period <same>, problem <problem>, otherwise 0
      When the intake team asks for a recommendation
      Then "positive-mdq-asks-for-bipolar-assessment" <state>
      And mood-stabiliser is not recommended

      Examples:
        | same | problem | state         |
        | 1    | 2       | holds         |
        | 0    | 3       | does not hold |
        | 1    | 1       | does not hold |

    @S1-02 @T14 @T35
    Scenario Outline: The PCL-5 by its cut-off
      Given a person of 41 in outpatient care
      And the PCL-5 total is <total>
      When the intake team asks for a recommendation
      Then "probable-ptsd-on-the-pcl-5-asks-for-evaluation" <state>

      Examples:
        | total | state             |
        | 32    | cannot be settled |
        | 33    | holds             |

    @S1-20 @S2-05 @T32
    Scenario Outline: The BAM is read by its subscales, never by a total
      Given a person of 39 in telehealth care
      And the BAM was answered <answers>, otherwise 0, 28 days ago
      And the BAM was answered <later>, otherwise 0
      When the aftercare team asks for a recommendation
      Then "bam-flags-ask-for-contact-within-7-days" <state>

      Examples:
        | answers                                               | later                                                                | state         |
        | confidence 4, self_help 4, spirituality 4 and work 4  | confidence 4, self_help 4, spirituality 4 and work 4                 | does not hold |
        | confidence 4, self_help 4, spirituality 4 and work 4  | confidence 4, self_help 4, spirituality 4, work 4 and satisfaction 4 | does not hold |
        | confidence 4, self_help 4, spirituality 4 and work 4  | confidence 4, self_help 4, spirituality 4, work 4 and drugs 1        | holds         |
        | confidence 4, self_help 4, spirituality 4 and work 4  | confidence 4, self_help 4, spirituality 4, work 0 and satisfaction 4 | holds         |

    @T32
    Scenario: Nobody can send a total for the BAM
      Given this record is sent: {"instruments": [{"instrument": "bam", "total": 40, "at": "2026-11-23T15:00:00Z"}]}
      When it is sent to the service
      Then it is refused as "record-refused" with "total-not-scored" at "/instruments/0/total"

    @T34
    Scenario Outline: A LOINC code is no name of an instrument, and a panel is no score
      Given this record is sent: {"instruments": [{"instrument": "<code>", "total": 14, "at": "2026-11-23T15:00:00Z"}]}
      When it is sent to the service
      Then it is refused as "record-refused" with "wrong-form" at "/instruments/0/instrument"

      Examples:
        | code    |
        | 44249-1 |
        | 69737-5 |
        | 75624-7 |

    @S2-18 @T20
    Scenario Outline: The form that asks since the last contact
      Given a person of 30 in telehealth care
      And the C-SSRS was answered q1 0, q2 0 and q6_since_contact <since>
      When the aftercare team asks for a recommendation
      Then "suicidal-intent-plan-or-recent-behaviour-is-high-risk" <state>

      Examples:
        | since | state             |
        | 1     | holds             |
        | 0     | cannot be settled |

  Rule: A score counts for whom it was made, and as far as the person answered

    @S1-02 @T33
    Scenario Outline: An adult form in adolescence clears nothing, and what it shows counts
      Given a person of <age> in outpatient care
      And the AUDIT total is <total>
      When the intake team asks for a recommendation
      Then "audit-of-seven-calls-for-assessment-unless-a-man-up-to-65" <state>

      Examples:
        | age | total | state             |
        | 30  | 5     | does not hold     |
        | 16  | 5     | cannot be settled |
        | 16  | 9     | holds             |

    @S1-02 @T33
    Scenario: In adolescence the forms of that age are asked for
      Given a person of 16 in outpatient care
      When the intake team asks for a recommendation
      Then it asks for the PHQ-A and the crafft
      And it does not ask for the PHQ-9, the AUDIT and the AUDIT-C

    @S1-01 @S1-02 @T33
    Scenario: Positive screens of that age are enough to plan for both
      Given a person of 16 in outpatient care
      And the PHQ-A was answered 2, 2, 2, 2, 2, 0, 0, 0, 0
      And the CRAFFT 2.1 was answered any_use 1, relax 1, alone 1, otherwise 0
      When the intake team asks for a recommendation
      Then comprehensive-assessment is recommended
      And "both-disorders-ask-for-a-whole-assessment" holds

    @S1-02 @T33
    Scenario: In adults they are not
      Given a person of 36 in outpatient care
      And depression is active
      And cannabis use disorder is active
      When the intake team asks for a recommendation
      Then it does not ask for the PHQ-A and the crafft

    @S1-02 @S2-18 @T33
    Scenario: A suicide answer of the PHQ-A counts whatever the total
      Given a person of 15 in outpatient care
      And the PHQ-A was answered 0, 0, 0, 0, 0, 0, 0, 0, 1
      When the intake team asks for a recommendation
      Then "suicide-answers-of-the-phq-a-ask-for-a-suicide-screen" holds
      And suicide-risk-assessment is recommended

    @S2-18 @T11
    Scenario Outline: What somebody else says counts, and clears nothing
      Given a person of 28 in telehealth care
      And the C-SSRS was answered <answers>, told by somebody else
      When the aftercare team asks for a recommendation
      Then "suicidal-intent-plan-or-recent-behaviour-is-high-risk" <state>

      Examples:
        | answers                | state             |
        | no throughout          | cannot be settled |
        | yes to 4, otherwise no | holds             |

    @S1-02 @T31
    Scenario: A TAPS without a point does not say that there is no disorder
      Given a person of 44 in outpatient care
      And the TAPS was answered t1_tobacco 0, t1_alcohol 0, t1_drugs 0, t1_medicines 0, otherwise 0
      When the intake team asks for a recommendation
      Then "higher-risk-on-the-taps-asks-for-assessment" does not hold
      And "use-disorder-or-positive-screen-is-present" cannot be settled

    @S1-02 @T31
    Scenario Outline: The second part of the TAPS follows a positive first part
      Given a person of 44 in outpatient care
      And the TAPS was answered <answers>
      When the intake team asks for a recommendation
      Then it <asks> the TAPS

      Examples:
        | answers                                                                       | asks             |
        | t1_tobacco 0, t1_alcohol 2, t1_drugs 0 and t1_medicines 0                     | asks for         |
        | t1_tobacco 0, t1_alcohol 0, t1_drugs 0, t1_medicines 0 and alcohol_used 0     | does not ask for |

    @S1-02 @T31
    Scenario: One opioid point of the TAPS is enough to look
      Given a person of 44 in outpatient care
      And the TAPS was answered heroin_used 1, otherwise 0
      When the intake team asks for a recommendation
      Then comprehensive-assessment and naloxone are recommended

  Rule: Scores are compared with their like, and with the best that was reached

    @S1-13 @S2-05 @T09
    Scenario Outline: A gain that is being lost shows, although the score is below the first one
      Given a person of 39 in telehealth care
      And the PHQ-9 total is 18 20 weeks ago
      And the PHQ-9 total is <best> 8 weeks ago
      And the PHQ-9 total is 12 today
      When the aftercare team asks for a recommendation
      Then "phq9-five-points-above-its-best-asks-for-a-review" <state>

      Examples:
        | best | state         |
        | 8    | does not hold |
        | 7    | holds         |

    @S1-13 @T09
    Scenario Outline: Response is measured against the first score of the episode
      Given a person of 39 in outpatient care
      And the PHQ-9 total is 20 9 weeks ago
      And the PHQ-9 total is 13 4 weeks ago
      And the PHQ-9 total is <now> today
      And depression.treatment_weeks is 8 weeks
      When the intake team asks for a recommendation
      Then "depression-without-response-at-eight-weeks-asks-for-a-review" <state>

      Examples:
        | now | state         |
        | 11  | holds         |
        | 10  | does not hold |

    @S1-13 @S2-05 @T08
    Scenario Outline: A change within the noise is no change
      Given a person of 39 in telehealth care
      And the PCL-5 total is 40 6 weeks ago
      And the PCL-5 total is <now> today
      When the aftercare team asks for a recommendation
      Then "rising-trauma-symptoms-ask-for-contact-within-7-days" <state>

      Examples:
        | now | state         |
        | 45  | does not hold |
        | 49  | does not hold |
        | 50  | holds         |

    @S1-13 @S2-05 @T10
    Scenario Outline: Another language or another way of asking is no trend
      Given a person of 39 in telehealth care
      And the GAD-7 total is 8, <before> 30 days ago
      And the GAD-7 total is 16, <now> today
      When the aftercare team asks for a recommendation
      Then "severe-and-rising-anxiety-asks-for-contact-within-7-days" <state>

      Examples:
        | before                | now                   | state             |
        | filled in alone       | filled in alone       | holds             |
        | filled in alone       | asked in an interview | cannot be settled |
        | in Spanish            | in English            | cannot be settled |

    @S1-13 @T07
    Scenario Outline: A score from an acute state sets no baseline
      Given a person of 39 in outpatient care
      And the PHQ-9 total is 20, <state> 9 weeks ago
      And the PHQ-9 total is 12, in a calm state today
      And depression.treatment_weeks is 8 weeks
      When the intake team asks for a recommendation
      Then "depression-without-response-at-eight-weeks-asks-for-a-review" <outcome>

      Examples:
        | state           | outcome           |
        | in withdrawal   | cannot be settled |
        | in a calm state | holds             |

    @S1-02 @S1-13 @T07
    Scenario Outline: The newest score decides whether it is repeated
      Given a person of 39 in outpatient care
      And every list was reviewed today
      And alcohol.intoxicated_now is no
      And the GAD-7 total is 3, in a calm state today
      And the PHQ-9 was answered 1, 1, 1, 1, 1, 1, 1, 1, 0, <state> today
      When the intake team asks for a recommendation
      Then "screen-taken-in-withdrawal-is-repeated" <outcome>
      And it <asks> the PHQ-9

      Examples:
        | state           | outcome       | asks             |
        | in withdrawal   | holds         | asks for         |
        | in a calm state | does not hold | does not ask for |

    @S2-05 @S2-18 @T27
    Scenario Outline: A withdrawal score that jumps
      Given a person of 33 in withdrawal management care
      And the COWS total is 9 3 hours ago
      And the COWS total is <now> now
      When the intake team asks for a recommendation
      Then "a-withdrawal-score-that-jumps-asks-for-a-new-look-today" <state>

      Examples:
        | now | state             |
        | 13  | cannot be settled |
        | 14  | holds             |
