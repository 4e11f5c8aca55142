Feature: What an assessment still lacks
  Where both disorders meet, the parts of the assessment that nobody has asked about are named, with why they matter. What
  is known and in date is not asked again, and a record to which a part does not apply is left in peace.

  Rule: Each part that is missing is asked for

    @S1-02
    Scenario Outline: A part of the assessment that nobody has asked about
      Given a person of 36 in outpatient care
      And depression is active
      And alcohol use disorder is active
      When the intake team asks for a recommendation
      Then "<rule>" holds
      And it asks for <asked>

      Examples:
        | rule                                                          | asked                                              |
        | both-disorders-ask-about-safety-at-home-and-dependents        | need.unsafe_home and dependents.at_risk            |
        | substance-use-asks-for-the-history-of-withdrawal              | withdrawal.prior_complicated                       |
        | adult-substance-use-asks-for-the-pattern-of-use               | the DAST-10, overdose.ever and use.tobacco         |
        | adult-substance-use-asks-for-mood-and-anxiety                 | the PHQ-9 and the GAD-7                            |
        | both-disorders-ask-about-trauma                               | the PC-PTSD-5                                      |
        | both-disorders-ask-about-psychosis-and-mania                  | psychosis.current and mania.history                |
        | both-disorders-ask-about-thinking-language-and-senses         | cognition.concern and need.interpreter             |
        | both-disorders-ask-for-daily-life-and-strengths               | the WHODAS 12 and strengths.recorded               |
        | both-disorders-ask-about-supports-and-whom-to-call            | family.contact_consented and emergency_contact.consented |
        | alcohol-use-disorder-asks-for-its-severity                    | condition.alcohol_use_disorder.severity            |

    @S1-02
    Scenario: What is known and in date is not asked again
      Given a person of 36 in outpatient care
      And depression is active
      And alcohol use disorder is active, moderate
      And the PC-PTSD-5 was answered exposure 0
      And the WHODAS 12 was answered 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
      And overdose.ever is no
      When the intake team asks for a recommendation
      Then it does not ask for the PC-PTSD-5, the WHODAS 12, overdose.ever and condition.alcohol_use_disorder.severity
      And it asks for strengths.recorded

    @S1-02
    Scenario: A person without both disorders is not asked about everything
      Given a person of 36 in outpatient care
      And the condition list was reviewed today
      And nothing else makes either disorder severe
      When the intake team asks for a recommendation
      Then it does not ask for the PC-PTSD-5, the WHODAS 12, cognition.concern and strengths.recorded

    @S1-02 @S1-04
    Scenario Outline: Pregnancy is asked about where it can matter
      Given a <who> in outpatient care
      And opioid use disorder is active
      When the intake team asks for a recommendation
      Then "substance-use-at-childbearing-age-asks-about-pregnancy" <state>

      Examples:
        | who          | state         |
        | woman of 55  | holds         |
        | woman of 56  | does not hold |
        | man of 30    | does not hold |

    @S1-02 @S2-01 @S2-14
    Scenario: A remote contact asks for place, connection and consent
      Given a person of 36 in telehealth care
      When the intake team asks for a recommendation
      Then it asks for telehealth.private_place and telehealth.consented

    @S1-02 @S1-15
    Scenario: Severe mental illness with substance use asks for the stage of treatment
      Given a person of 36 in outpatient care
      And psychosis is active
      And serious_mental_illness.rated is yes
      And cannabis use disorder is active
      When the intake team asks for a recommendation
      Then it asks for the SATS

    @S1-02 @S1-04
    Scenario: A controlled medicine asks for the prescription record
      Given a person of 36 in outpatient care
      And oxycodone is proposed
      When the intake team asks for a recommendation
      Then it asks for pdmp.checked

  Rule: A cut-off leads to an assessment, never to a diagnosis or a treatment

    @S1-02 @T14 @T35
    Scenario Outline: A positive screen and the step it leads to
      Given a person of 36 in outpatient care
      And the <screen>
      When the intake team asks for a recommendation
      Then "<rule>" <state>

      Examples:
        | screen                                    | rule                                                      | state             |
        | PHQ-2 total is 2                          | positive-phq2-asks-for-the-phq9                           | does not hold     |
        | PHQ-2 total is 3                          | positive-phq2-asks-for-the-phq9                           | holds             |
        | K6 total is 12                            | positive-phq-a-or-k6-asks-for-evaluation                  | cannot be settled |
        | K6 total is 13                            | positive-phq-a-or-k6-asks-for-evaluation                  | holds             |
        | CAGE-AID was answered 1, 0, 0, 1          | positive-cage-aid-or-nida-screen-asks-for-assessment      | holds             |
        | ASRM total is 5                           | a-raised-asrm-asks-for-a-clinician-within-72-hours        | does not hold     |
        | ASRM total is 6                           | a-raised-asrm-asks-for-a-clinician-within-72-hours        | holds             |
        | PAWSS was answered threshold 0            | a-high-pawss-asks-for-a-withdrawal-assessment-today       | does not hold     |
        | PAWSS was answered threshold 1, intoxicated 1, treatment 1, seizure 1, delirium 1, otherwise 0 | a-high-pawss-asks-for-a-withdrawal-assessment-today | holds |
        | PAWSS was answered 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 | a-high-pawss-asks-for-a-withdrawal-assessment-today | cannot be settled |
        | NIDA Quick Screen was answered cocaine 27 | a-drug-at-high-risk-on-the-nm-assist-asks-for-assessment-this-week | holds    |

    @S1-02 @T12
    Scenario Outline: The AUDIT cut-off by sex and age
      Given a <who> in outpatient care
      And the AUDIT total is 7
      When the intake team asks for a recommendation
      Then "audit-of-seven-calls-for-assessment-unless-a-man-up-to-65" <supports> comprehensive-assessment

      Examples:
        | who          | supports         |
        | man of 65    | does not support |
        | man of 66    | supports         |
        | woman of 40  | supports         |
        | person of 40 | supports         |

    @S1-02 @S1-05 @S2-13
    Scenario Outline: A need on a questionnaire gets an owner and a date
      Given a person of 36 in outpatient care
      And the <answers>
      When the intake team asks for a recommendation
      Then <component> is recommended

      Examples:
        | answers                                                                | component             |
        | AHC HRSN was answered living 1                                         | housing-navigation    |
        | PRAPARE was answered losing_housing 1                                  | housing-navigation    |
        | AHC HRSN was answered hurt 2, insulted 3, threatened 3 and screamed 3  | safety-plan           |
        | AHC HRSN was answered food_lack 1                                      | benefits-and-coverage |
        | PRAPARE was answered transport 1                                       | transport-support     |
        | PRAPARE was answered isolation 1                                       | peer-support          |
        | PRAPARE was answered language 1                                        | interpreter           |

    @S1-15 @S1-18 @T14
    Scenario Outline: The stage of treatment decides which help fits now
      Given a person of 36 in outpatient care
      And alcohol use disorder is active
      And the SATS was answered stage <stage>
      When the intake team asks for a recommendation
      Then "<rule>" <state>

      Examples:
        | stage | rule                                           | state         |
        | 4     | an-early-sats-stage-asks-for-motivational-work-first | holds         |
        | 5     | an-early-sats-stage-asks-for-motivational-work-first | does not hold |
        | 7     | a-late-sats-stage-asks-for-relapse-prevention  | holds         |
        | 6     | a-late-sats-stage-asks-for-relapse-prevention  | does not hold |

  Rule: Change over time leads to a review

    @S1-13 @S2-05
    Scenario Outline: Early in the treatment of depression
      Given a person of 36 in outpatient care
      And the PHQ-9 total is 20 5 weeks ago
      And the PHQ-9 total is <now> today
      And depression.treatment_weeks is 4 weeks
      And depression.treatment_adequate is <adequate>
      When the intake team asks for a recommendation
      Then "little-change-after-four-weeks-of-adequate-treatment-asks-for-a-review" <state>

      Examples:
        | now | adequate | state         |
        | 16  | yes      | holds         |
        | 15  | yes      | does not hold |
        | 16  | no       | does not hold |

    @S1-03 @S1-13 @T14
    Scenario Outline: Psychotherapy that is off its track
      Given a person of 36 in outpatient care
      And depression.psychotherapy_weeks is <weeks> weeks
      And the PHQ-9 total is <now> today
      When the intake team asks for a recommendation
      Then "psychotherapy-off-track-asks-for-a-review" <state>

      Examples:
        | weeks | now | state         |
        | 4     | 16  | does not hold |
        | 4     | 17  | holds         |
        | 9     | 13  | holds         |
        | 14    | 8   | does not hold |
        | 14    | 9   | holds         |

    @S2-02 @S2-05
    Scenario Outline: Short nights without fatigue
      Given a person of 36 in telehealth care
      And sleep.hours was <hours> on the last 3 days
      And sleep.short_without_fatigue is yes
      When the aftercare team asks for a recommendation
      Then "two-short-nights-without-fatigue-ask-for-a-clinician-within-72-hours" <state>

      Examples:
        | hours     | state         |
        | 7, 4, 4   | holds         |
        | 4, 5, 4   | does not hold |

    @S1-13 @S1-20
    Scenario: Depression in remission asks for a plan to keep it so
      Given a person of 36 in outpatient care
      And the PHQ-9 total is 16 12 weeks ago
      And the PHQ-9 total is 4 today
      When the intake team asks for a recommendation
      Then "depression-in-remission-asks-for-a-relapse-prevention-plan" holds
