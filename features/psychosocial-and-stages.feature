Feature: Therapy that fits the stage and the person
  Each substance has its own stage, and plans are made for the least advanced. Therapy waits for danger, never for
  abstinence; what the person wants chooses among what helps.

  Rule: The stage decides what helps now

    Background:
      Given a person of 38 in outpatient care
      And alcohol use disorder is active, moderate

    @S1-11 @S1-15 @S2-15
    Scenario Outline: Each stage has its own work
      Given the condition list was reviewed today
      And stage.alcohol is <stage>
      When the intake team asks for a recommendation
      Then <component> is recommended because of "<rule>"

      Examples:
        | stage              | component                 | rule                                                  |
        | pre_engagement     | assertive-outreach        | engagement-stage-asks-for-outreach-and-practical-help |
        | engagement         | assertive-outreach        | engagement-stage-asks-for-outreach-and-practical-help |
        | early_persuasion   | motivational-interviewing | persuasion-stage-asks-for-motivational-work           |
        | late_persuasion    | contingency-management    | persuasion-stage-may-gain-from-rewards-for-coming     |
        | early_active       | coping-skills-training    | active-stage-asks-for-skills-and-mutual-help          |
        | late_active        | mutual-help               | active-stage-asks-for-skills-and-mutual-help          |
        | relapse_prevention | relapse-prevention-plan   | relapse-prevention-stage-asks-for-a-plan-and-peers    |
        | remission          | recovery-check-ups        | remission-asks-for-check-ups-and-an-open-door         |

    @S1-11 @S1-15
    Scenario: The least advanced substance sets the plan
      Given stimulant use disorder is active, severe
      And stage.alcohol is relapse_prevention
      And stage.stimulants is engagement
      When the intake team asks for a recommendation
      Then assertive-outreach is recommended soon
      And group-therapy and mutual-help are not recommended
      And "substance-use-may-gain-from-group-therapy" is set aside by "engagement-stage-asks-for-outreach-and-practical-help"
      And "relapse-prevention-stage-asks-for-a-plan-and-peers" does not hold

    @S1-11
    Scenario: A substance whose stage nobody has rated keeps the plan open
      Given stimulant use disorder is active, severe
      And stage.alcohol is late_active
      When the intake team asks for a recommendation
      Then "active-stage-asks-for-skills-and-mutual-help" cannot be settled
      And it asks for stage.stimulants

    @S1-15
    Scenario: An early stage delays no treatment
      Given depression is active, moderate
      And the PHQ-9 total is 14
      And stage.alcohol is engagement
      When the intake team asks for a recommendation
      Then cbt is recommended soon
      And cbt is not withheld
      And a caution stands beside cbt that says "never a condition for care"

    @S1-13 @S1-18 @T67
    Scenario: A lapse in relapse prevention is not a new start
      Given the condition list was reviewed today
      And stage.alcohol is relapse_prevention
      And use.returned_other is yes
      When the aftercare team asks for a recommendation
      Then relapse-prevention-plan is recommended soon because of "a-lapse-in-relapse-prevention-is-no-new-start"
      And assertive-outreach is not recommended
      And "least-advanced-substance-sets-the-engagement-stage" does not hold

    @S1-05 @S1-15
    Scenario: Serious mental illness without contact means outreach twice a week
      Given psychosis is active
      And stage.alcohol is pre_engagement
      When the intake team asks for a recommendation
      Then "serious-mental-illness-in-the-engagement-stage-asks-for-contact-twice-a-week" demands contact every 3 days
      And assertive-outreach is recommended soon

  Rule: Trauma work waits for danger, not for abstinence

    Background:
      Given a person of 44 in outpatient care
      And PTSD is active
      And stimulant use disorder is active, severe

    @S1-01 @S1-03 @T61
    Scenario: Use goes on, and trauma is treated
      Given the C-SSRS was answered no throughout
      And tox.cocaine is yes
      When the intake team asks for a recommendation
      Then trauma-focused-therapy is recommended soon because of "trauma-with-drug-use-asks-for-trauma-focused-therapy"
      And trauma-focused-therapy is not withheld

    @S1-03 @S2-18 @T72
    Scenario Outline: Danger first, with a bridge meanwhile, and both reasons told
      Given <danger>
      When the intake team asks for a recommendation
      Then trauma-focused-therapy is withheld because of "imminent-danger-puts-trauma-sessions-off"
      And instead of trauma-focused-therapy it offers seeking-safety
      And seeking-safety is recommended soon

      Examples:
        | danger                                             |
        | the C-SSRS was answered yes to 5, otherwise no now |
        | psychosis.current is yes now                       |

    @S1-03 @T72
    Scenario: Acute opioid withdrawal first
      Given opioid use disorder is active, severe
      And the COWS total is 13
      When the intake team asks for a recommendation
      Then trauma-focused-therapy is withheld because of "imminent-danger-puts-trauma-sessions-off"

    @S1-03 @S1-12
    Scenario: Who prefers not to tell the trauma is offered present-focused work, with the door open
      Given the C-SSRS was answered no throughout
      And trauma.prefers_present_focus is yes
      When the intake team asks for a recommendation
      Then seeking-safety and trauma-focused-therapy are recommended soon

    @S1-07 @S2-17
    Scenario: No trauma therapist on site
      Given programme.trauma_therapist is no
      When the intake team asks for a recommendation
      Then warm-hand-off is recommended soon
      And a caution stands beside trauma-focused-therapy that says "do not improvise"

  Rule: Each therapy has its indication and its caution

    @S1-03 @T90
    Scenario Outline: A conditional recommendation stays conditional
      Given a person of 30 in outpatient care
      And stimulant use disorder is active, severe
      And the condition list was reviewed today
      And stage.stimulants is early_active
      When the intake team asks about <component>
      Then it stands as recommended
      And "<rule>" is graded "<grade>"

      Examples:
        | component                        | rule                                                              | grade    |
        | matrix-model                     | moderate-stimulant-use-disorder-may-gain-from-the-matrix-model    | asam:M-C |
        | community-reinforcement-approach | stimulant-use-disorder-may-gain-from-community-reinforcement      | asam:L-C |
        | cbt                              | stimulant-use-disorder-asks-for-cbt-beside-contingency-management | asam:M-S |

    @S1-12 @S2-07
    Scenario: An intensive programme is weighed against what the person can reach
      Given a person of 30 in outpatient care
      And stimulant use disorder is active, severe
      And need.childcare is yes
      When the intake team asks for a recommendation
      Then a caution stands beside matrix-model that says "choose weekly sessions"
      And childcare-support is recommended soon

    @S1-03 @S2-09
    Scenario Outline: Couples therapy only where safety is known
      Given a person of 40 in outpatient care
      And alcohol use disorder is active, moderate
      And partner.stable is yes
      And need.unsafe_home <answer>
      When the intake team asks for a recommendation
      Then behavioural-couples-therapy is <outcome>

      Examples:
        | answer          | outcome         |
        | is no           | recommended     |
        | is yes          | not recommended |
        | was never asked | not recommended |

    @S1-03 @T72
    Scenario: No mindfulness programme in acute psychosis
      Given a person of 40 in outpatient care
      And cannabis use disorder is active, moderate
      And stage.cannabis is late_active
      And psychosis.current is yes
      When the intake team asks for a recommendation
      Then mindfulness-relapse-prevention is withheld because of "psychosis-or-withdrawal-puts-mindfulness-off"

    @S1-03 @S1-04 @T63
    Scenario: Rewards never stand in for opioid medicine
      Given a person of 30 in outpatient care
      And opioid use disorder is active, severe
      And stimulant use disorder is active, severe
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then a caution stands beside contingency-management that says "Offer opioid medicine first"
      And buprenorphine is recommended today

    @S1-09 @S1-16
    Scenario: Medicine, and a group that welcomes it
      Given a person of 30 in outpatient care
      And opioid use disorder is active, severe
      And the medication list was reviewed today and holds buprenorphine
      And preference.secular_support is yes
      When the intake team asks for a recommendation
      Then a caution stands beside mutual-help that says "dual-recovery group"
      And a caution stands beside mutual-help that says "SMART Recovery"

    @S1-03 @S2-12 @T14
    Scenario Outline: Sleep, from a workshop to therapy
      Given a person of 40 in outpatient care
      And sleep.trouble_nights is <nights>
      And isi.total is <score>
      When the intake team asks for a recommendation
      Then "poor-sleep-may-gain-from-a-workshop" <workshop>
      And "milder-insomnia-may-gain-from-cbt-i" <milder>
      And "insomnia-asks-for-cbt-i" <therapy>

      Examples:
        | nights | score | workshop      | milder        | therapy       |
        | 7      | 9     | does not hold | does not hold | does not hold |
        | 8      | 9     | holds         | does not hold | does not hold |
        | 8      | 10    | holds         | holds         | does not hold |
        | 8      | 15    | does not hold | does not hold | holds         |

    @S2-06 @S2-18
    Scenario: An app is an addition, and says so where there is danger
      Given a person of 40 in outpatient care
      And telehealth.device is yes
      And the C-SSRS was answered yes to 3, otherwise no now
      When the intake team asks for a recommendation
      Then digital-tools is recommended as routine
      And a caution stands beside digital-tools that says "nobody reads it day and night"

  Rule: Decided together

    @S1-11 @S1-12 @S1-15 @S2-11
    Scenario Outline: A plan agreed with the person, and agreed anew every three months
      Given a person of 40 in outpatient care
      And depression is active, moderate
      And alcohol use disorder is active, moderate
      And plan.agreed_together is <agreed>
      When the intake team asks for a recommendation
      Then "both-disorders-ask-for-a-plan-agreed-together" <state>

      Examples:
        | agreed           | state             |
        | no               | holds             |
        | yes              | does not hold     |
        | yes, 91 days ago | cannot be settled |

    @S1-12 @S1-15 @T62
    Scenario: Declining care changes the plan and keeps contact
      Given a person of 40 in outpatient care
      And opioid use disorder is active, severe
      And preference.declines_care is yes
      When the intake team asks for a recommendation
      Then "declining-care-keeps-contact-and-the-door-open" demands contact every 7 days
      And buprenorphine and naloxone are recommended

    @S1-12 @S1-15
    Scenario: Cutting down is a goal to work with
      Given a person of 40 in outpatient care
      And alcohol use disorder is active, moderate
      And the person would like to cut down
      When the intake team asks for a recommendation
      Then goal-setting is recommended because of "cutting-down-is-a-goal-to-work-with"
      And motivational-interviewing is recommended

    @S1-12 @S1-15
    Scenario Outline: The goal that the record states is the one the rules read
      Given a person of 40 in outpatient care
      And alcohol use disorder is active, moderate
      And the person would like <goal>
      When the intake team asks for a recommendation
      Then "cutting-down-is-a-goal-to-work-with" <judgement>

      Examples:
        | goal            | judgement     |
        | to cut down     | holds         |
        | to decide later | holds         |
        | to stop         | does not hold |

    @S1-10 @S2-04 @S2-10
    Scenario: One named care manager, unless a larger team already holds that role
      Given a person of 40 in outpatient care
      And depression is active, moderate
      And alcohol use disorder is active, mild
      When the intake team asks for a recommendation
      Then care-manager-liaison is recommended as routine
      And case-management is not recommended

    @S1-10 @S2-10
    Scenario: Case management includes the liaison
      Given a person of 40 in outpatient care
      And depression is active, moderate
      And alcohol use disorder is active, mild
      And need.legal is yes
      When the intake team asks for a recommendation
      Then case-management is recommended
      And care-manager-liaison is not recommended
      And "both-disorders-ask-for-a-named-care-manager" is set aside by "standard-level-means-case-management"
