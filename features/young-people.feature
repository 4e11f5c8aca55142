Feature: Young people
  Care made for their age. Who may consent and who may know follows the law of the state; while that is not known, nothing
  is disclosed. Emergencies are treated at once.

  Rule: Consent and disclosure

    @S2-14 @V34 @T82
    Scenario: Sixteen, opioid use disorder, and a parent asks for the results
      Given a person of 16 in outpatient care
      And opioid use disorder is active, severe
      And disclosure.parent_asked is yes
      When the intake team asks for a recommendation
      Then it also calls for a contact within 7 days by a clinician (E2) because of "a-parent-who-asks-for-results-waits-for-the-law"
      And the team is told "Disclose nothing yet"
      And it asks for minor.may_consent and minor.guardian_may_know
      And buprenorphine is recommended today
      And buprenorphine is not withheld
      And addiction-specialist-consultation is recommended today

    @S2-14 @T82
    Scenario: A portal that a parent can open
      Given a person of 16 in telehealth care
      And aftercare.enrolled is yes
      And aftercare.days is 10 days
      And telehealth.device is yes
      And portal.proxy_access is yes
      When the aftercare team asks for a recommendation
      Then asynchronous-messaging is withheld because of "proxy-portal-access-puts-messages-off"
      And a caution stands beside remote-monitoring that says "own device"

    @S2-14 @T14
    Scenario Outline: From 18 a person decides alone
      Given a person of <age> in outpatient care
      And cannabis use disorder is active, moderate
      When the intake team asks for a recommendation
      Then "adolescent-asks-who-may-consent-and-who-may-know" <state>

      Examples:
        | age | state         |
        | 17  | holds         |
        | 18  | does not hold |

    @S2-18
    Scenario: A minor who is not safe
      Given a person of 15 in outpatient care
      And need.unsafe_home is yes
      When the intake team asks for a recommendation
      Then it also calls for a same-day contact by a clinician (E4) because of "harm-to-a-minor-asks-for-the-duty-to-report"
      And the team is told "report as the law requires"

  Rule: Care made for their age

    @S1-01 @S1-02 @S1-03
    Scenario: An adolescent with cannabis use
      Given a person of 15 in outpatient care
      And cannabis use disorder is active, moderate
      And family.contact_consented is yes
      When the intake team asks for a recommendation
      Then adolescent-services and family-therapy are recommended soon
      And adolescent-community-reinforcement is recommended

    @S1-02 @S1-03 @T33 @T87
    Scenario: Adult groups and adult cut-offs do not fit
      Given a person of 15 in outpatient care
      And cannabis use disorder is active, moderate
      And depression is active, moderate
      When the intake team asks for a recommendation
      Then a caution stands beside group-therapy that says "never an adult group"
      And a caution stands beside comprehensive-assessment that says "CRAFFT"

    @S2-09 @T80
    Scenario: No family session without consent
      Given a person of 15 in outpatient care
      And cannabis use disorder is active, moderate
      And family.contact_consented is no
      When the intake team asks for a recommendation
      Then family-therapy is not recommended

    @S1-04 @T14 @T87
    Scenario Outline: Ages on labels make a specialist's decision, not a refusal
      Given a person of <age> in outpatient care
      And opioid use disorder is active, severe
      When the intake team asks for a recommendation
      Then "buprenorphine-below-its-label-age-asks-for-a-specialist" <buprenorphine>
      And "naltrexone-below-its-label-age-asks-for-a-specialist" <naltrexone>
      And "methadone-below-18-asks-for-the-current-rule" <methadone>
      And buprenorphine is recommended today

      Examples:
        | age | buprenorphine | naltrexone    | methadone     |
        | 15  | holds         | holds         | holds         |
        | 16  | does not hold | holds         | holds         |
        | 17  | does not hold | holds         | holds         |
        | 18  | does not hold | does not hold | does not hold |

    @S1-09 @S2-13
    Scenario: Trouble at school
      Given a person of 15 in outpatient care
      And school.difficulty is yes
      When the intake team asks for a recommendation
      Then school-liaison is recommended soon

    @S1-18 @T14
    Scenario Outline: The move to adult care, and the years after
      Given a person of <age> in outpatient care
      And cannabis use disorder is active, moderate
      When the intake team asks for a recommendation
      Then "seventeen-asks-for-a-plan-for-the-move-to-adult-care" <plan>
      And "up-to-25-services-for-young-people-may-fit-better" <young adult>

      Examples:
        | age | plan          | young adult   |
        | 16  | does not hold | does not hold |
        | 17  | holds         | does not hold |
        | 18  | does not hold | holds         |
        | 25  | does not hold | holds         |
        | 26  | does not hold | does not hold |

    @S1-02 @T14
    Scenario Outline: Below twelve these rules do not apply
      Given a person of <age> in outpatient care
      When the intake team asks for a recommendation
      Then "a-child-below-the-scope-asks-for-a-child-specialist" <state>

      Examples:
        | age | state         |
        | 11  | holds         |
        | 12  | does not hold |
