Feature: How closely care is joined
  The severity of each disorder, not its name, decides whether care is coordinated, co-located or fully integrated. While
  one side is unknown, the plan is made for the worse. Case management follows need.

  Rule: The four quadrants

    Background:
      Given a person of 35 in outpatient care
      And the C-SSRS was answered no throughout
      And nothing else makes either disorder severe

    @S1-01 @S1-19 @V36
    Scenario: Mild cannabis use disorder and a PHQ-9 of 11
      Given cannabis use disorder is active, mild
      And the PHQ-9 was answered 2, 2, 1, 1, 1, 1, 2, 1, 0
      When the intake team asks for a recommendation
      Then coordinated-care is recommended because of "both-disorders-ask-for-coordinated-care"
      And cbt and motivational-interviewing are recommended
      And co-located-care, fully-integrated-care and assertive-community-treatment are not recommended

    @S1-01 @S1-19
    Scenario Outline: Severity on each side, and the level of integration
      Given the GAD-7 total is 12
      And anxiety is active, moderate
      And <mental health>
      And <substance use>
      When the intake team asks for a recommendation
      Then <level> is recommended
      And <other> are not recommended

      Examples: low with low
        | mental health         | substance use                         | level            | other                                  |
        | the PHQ-9 total is 12 | cannabis use disorder is active, mild | coordinated-care | co-located-care, fully-integrated-care |

      Examples: severe mental disorder with mild use
        | mental health              | substance use                         | level           | other                                   |
        | bipolar disorder is active | cannabis use disorder is active, mild | co-located-care | coordinated-care, fully-integrated-care |

      Examples: mild mental disorder with severe use
        | mental health         | substance use                            | level           | other                                   |
        | the PHQ-9 total is 12 | opioid use disorder is active, moderate  | co-located-care | coordinated-care, fully-integrated-care |
        | the PHQ-9 total is 12 | alcohol use disorder is active, severe   | co-located-care | coordinated-care, fully-integrated-care |
        | the PHQ-9 total is 12 | stimulant use disorder is active, severe | co-located-care | coordinated-care, fully-integrated-care |

      Examples: severe with severe
        | mental health              | substance use                          | level                 | other                             |
        | psychosis is active        | alcohol use disorder is active, severe | fully-integrated-care | coordinated-care, co-located-care |
        | bipolar disorder is active | opioid use disorder is active, severe  | fully-integrated-care | coordinated-care, co-located-care |

    @S1-01 @T68
    Scenario Outline: The same diagnosis, another severity, another level
      Given depression is active, moderate
      And opioid use disorder is <status>
      And the COWS total is 0
      And the PHQ-9 total is 12
      When the intake team asks for a recommendation
      Then "severe-substance-use-asks-for-co-located-care" <state>

      Examples:
        | status           | state         |
        | active, moderate | holds         |
        | active, mild     | does not hold |
        | in remission     | does not hold |

    @S1-01 @S1-13 @T88
    Scenario Outline: What brings care one level closer
      Given depression is active, moderate
      And alcohol use disorder is active, mild
      And <reason>
      When the intake team asks for a recommendation
      Then <level> is recommended
      And coordinated-care is not recommended

      Examples:
        | reason                                             | level                 |
        | the C-SSRS was answered yes to 3, otherwise no now | co-located-care       |
        | the person is pregnant                             | co-located-care       |
        | there was a release from custody 30 days ago       | co-located-care       |
        | treatment.unhelpful_12_months is 2                 | fully-integrated-care |

    @S1-01 @S1-02
    Scenario Outline: What makes a disorder severe
      Given depression is active, moderate
      And cannabis use disorder is active, mild
      And <reason>
      When the intake team asks for a recommendation
      Then "<rule>" holds
      And coordinated-care is not recommended

      Examples:
        | reason                                             | rule                                        |
        | use.injection is yes now                           | injection-use-counts-as-severe              |
        | there was an overdose 365 days ago                 | overdose-within-a-year-counts-as-severe     |
        | the person left psychiatric care 90 days ago       | recent-psychiatric-stay-counts-as-severe    |
        | psychosis.current is yes now                       | current-psychosis-or-mania-counts-as-severe |
        | the C-SSRS was answered yes to 5, otherwise no now | suicide-risk-counts-as-severe               |
        | serious_mental_illness.rated is yes now            | serious-mental-illness-counts-as-severe     |

    @S1-01 @T14 @T87
    Scenario Outline: Below 18 care is joined more closely
      Given a person of <age> in outpatient care
      And depression is active, moderate
      And cannabis use disorder is active, mild
      When the intake team asks for a recommendation
      Then "adolescence-with-substance-use-asks-for-closer-integration" <state>

      Examples:
        | age | state         |
        | 17  | holds         |
        | 18  | does not hold |

    @S1-01
    Scenario Outline: A screen counts as severe until somebody grades it
      Given depression is active, moderate
      And the DAST-10 total is <score>
      When the intake team asks for a recommendation
      Then "high-screen-counts-as-severe-until-graded" <state>

      Examples:
        | score | state         |
        | 5     | does not hold |
        | 6     | holds         |

  Rule: Unknown means the worse, until somebody has looked

    @S1-01 @S1-02 @V37
    Scenario: Severe use, and nothing known of mental health
      Given a person of 35 in outpatient care
      And opioid use disorder is active, severe
      When the intake team asks for a recommendation
      Then fully-integrated-care is recommended because of "plan-for-full-integration-until-mental-health-is-assessed"
      And psychiatric-evaluation is recommended soon
      And it asks for the PHQ-9 and a review of the condition list

    @S1-01 @S1-02 @V37
    Scenario: Schizophrenia, and nothing known of substance use
      Given a person of 35 in outpatient care
      And psychosis is active
      When the intake team asks for a recommendation
      Then fully-integrated-care is recommended because of "plan-for-full-integration-until-substance-use-is-assessed"
      And comprehensive-assessment is recommended soon

    @S1-01 @S1-02 @V37 @T68
    Scenario Outline: Once the other side is assessed as less than severe, the plan for the worse ends
      Given a person of 35 in outpatient care
      And the C-SSRS was answered no throughout
      And nothing else makes either disorder severe
      And <condition> is active<severity>
      When the intake team asks for a recommendation
      Then "<plan>" is set aside by "<cleared>"
      And fully-integrated-care is not recommended

      Examples:
        | condition           | severity | plan                                                      | cleared                                                                |
        | opioid use disorder | , severe | plan-for-full-integration-until-mental-health-is-assessed | mental-health-assessed-as-less-than-severe-ends-the-plan-for-the-worse |
        | psychosis           |          | plan-for-full-integration-until-substance-use-is-assessed | substance-use-assessed-as-less-than-severe-ends-the-plan-for-the-worse |

    @S1-01 @V37
    Scenario: Nothing is known of anybody
      Given a person
      When the intake team asks for a recommendation
      Then fully-integrated-care and psychiatric-evaluation are not recommended
      And it asks for the PHQ-9 and a review of the condition list

  Rule: Case management by need

    @S1-01 @S1-05 @S1-10 @S1-19 @S2-10 @S2-13 @V35 @T88
    Scenario: Schizophrenia, severe alcohol use disorder, homeless, three admissions
      Given a person of 42 in outpatient care
      And psychosis is active
      And alcohol use disorder is active, severe
      And need.homelessness is yes
      And psychiatric.admissions_12_months is 3
      And psychosis.current is no
      And mania.current is no
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then fully-integrated-care is recommended because of "both-severe-asks-for-full-integration"
      And assertive-community-treatment is recommended because of "assertive-level-means-assertive-community-treatment"
      And housing-navigation is recommended today
      And it also calls for a contact within 72 hours by a care manager (E3) because of "homelessness-asks-for-housing-navigation"
      And case-conference is recommended
      And intensive-case-management and case-management are not recommended
      And follow-up is at most every 3 days with the team in person

    @S1-05 @T14
    Scenario Outline: An assertive team for psychosis with repeated crises
      Given a person of 42 in outpatient care
      And psychosis is active
      And <crises>
      And the event list was reviewed today
      When the intake team asks for a recommendation
      Then "psychotic-or-bipolar-disorder-with-repeated-crisis-asks-for-an-assertive-team" <state>

      Examples:
        | crises                                  | state             |
        | psychiatric.admissions_12_months is 2   | holds             |
        | psychiatric.admissions_12_months is 1   | cannot be settled |
        | engagement.not_reached_in_clinic is yes | holds             |
        | instability.recurrent is yes            | holds             |

    @S1-05 @S1-13
    Scenario Outline: Intensive case management
      Given a person of 42 in outpatient care
      And <need>
      And the event list was reviewed today
      When the intake team asks for a recommendation
      Then intensive-case-management is recommended
      And follow-up is at most every 7 days

      Examples:
        | need                                         |
        | need.homelessness is yes                     |
        | there was an admission 30 days ago           |
        | there was a release from custody 20 days ago |

    @S1-05 @S1-13 @T62
    Scenario: Two missed visits bring more support, never discharge
      Given a person of 42 in outpatient care
      And alcohol use disorder is active, moderate
      And there was a missed contact 3 days ago
      And there was a missed contact 10 days ago
      And the event list was reviewed today
      When the intake team asks for a recommendation
      Then intensive-case-management is recommended
      And it also calls for a contact within 72 hours by a clinician (E3) because of "two-missed-visits-or-no-contact-asks-for-urgent-outreach"

    @S1-05 @S1-07 @S2-07 @S2-13 @S2-19
    Scenario Outline: Each need has its own answer
      Given a person of 42 in outpatient care
      And <need> is yes
      When the intake team asks for a recommendation
      Then <component> is recommended

      Examples:
        | need                       | component             |
        | need.homelessness          | housing-navigation    |
        | need.legal                 | legal-aid             |
        | need.uninsured             | benefits-and-coverage |
        | need.food                  | benefits-and-coverage |
        | need.transport             | transport-support     |
        | need.unemployed_wants_work | supported-employment  |
        | need.isolation             | peer-support          |
        | need.interpreter           | interpreter           |
        | need.childcare             | case-management       |

    @S1-05 @S2-14
    Scenario: A home that is not safe
      Given a person of 42 in outpatient care
      And need.unsafe_home is yes
      When the intake team asks for a recommendation
      Then it also calls for a same-day contact by a clinician (E4) because of "unsafe-home-asks-for-help-the-same-day"
      And the team is told "Send nothing to a shared device"
      And safety-plan is recommended today
