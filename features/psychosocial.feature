Feature: Talking therapies, groups and peers
  Therapy starts with whatever the person brings. Nobody has to be sober first, and nobody is sent away for using.

  Rule: Each therapy has its indication

    @S1-03 @S2-03 @T61
    Scenario Outline: CBT for depression or anxiety with substance use
      Given a person of 33 in outpatient care
      And stimulant use disorder is active, moderate
      And the <questionnaire> total is <total>
      When the intake team asks for a recommendation
      Then "depression-or-anxiety-with-substance-use-asks-for-cbt" <state>

      Examples:
        | questionnaire | total | state             |
        | PHQ-9         | 9     | cannot be settled |
        | PHQ-9         | 10    | holds             |
        | GAD-7         | 9     | cannot be settled |
        | GAD-7         | 10    | holds             |

    @S1-03 @S2-03 @T14
    Scenario: Both questionnaires below ten
      Given a person of 33 in outpatient care
      And alcohol use disorder is active, moderate
      And the PHQ-9 total is 9
      And the GAD-7 total is 9
      When the intake team asks for a recommendation
      Then "depression-or-anxiety-with-substance-use-asks-for-cbt" does not hold

    @S1-03
    Scenario Outline: DBT for self-harm or storms of emotion
      Given a person of 25 in outpatient care
      And alcohol use disorder is active, moderate
      And <sign>
      When the intake team asks for a recommendation
      Then dbt is recommended soon because of "self-harm-or-strong-emotions-ask-for-dbt"

      Examples:
        | sign                             |
        | self_harm.recurrent is yes       |
        | emotion.dysregulation is yes     |
        | borderline personality is active |

    @S1-15 @S2-15
    Scenario Outline: Motivational work, the more so while readiness is low
      Given a person of 40 in outpatient care
      And cannabis use disorder is active, moderate
      And readiness.change is <readiness>
      When the intake team asks for a recommendation
      Then motivational-interviewing is recommended <urgency>

      Examples:
        | readiness | urgency    |
        | 2         | soon       |
        | 6         | soon       |
        | 7         | as routine |
        | 10        | as routine |

    @S1-03
    Scenario: Contingency management is the standard for stimulants
      Given a person of 30 in outpatient care
      And stimulant use disorder is active, severe
      When the intake team asks for a recommendation
      Then contingency-management is recommended soon because of "stimulant-use-disorder-asks-for-contingency-management"
      And cbt is recommended
      And naloxone and drug-checking-strips are recommended

    @S1-03
    Scenario: No prize draws with a gambling disorder
      Given a person of 30 in outpatient care
      And stimulant use disorder is active, severe
      And gambling disorder is active
      When the intake team asks for a recommendation
      Then contingency-management is recommended
      And a caution stands beside contingency-management that says "leave out prize draws"

    @S1-03 @T38 @T62
    Scenario: Rewards stand beside opioid treatment and never replace it
      Given a person of 30 in outpatient care
      And opioid use disorder is active, severe
      And the medication list was reviewed today and holds buprenorphine
      And tox.fentanyl is yes
      When the intake team asks for a recommendation
      Then contingency-management is recommended because of "opioid-use-on-treatment-asks-for-contingency-management-as-an-adjunct"
      And buprenorphine is recommended

    @S1-03 @S2-12
    Scenario Outline: CBT for insomnia
      Given a person of 40 in outpatient care
      And isi.total is <score>
      When the intake team asks for a recommendation
      Then "insomnia-asks-for-cbt-i" <state>

      Examples:
        | score | state         |
        | 14    | does not hold |
        | 15    | holds         |

    @S1-03
    Scenario: CBT for insomnia without sleep restriction in bipolar disorder
      Given a person of 40 in outpatient care
      And isi.total is 20
      And bipolar disorder is active
      When the intake team asks for a recommendation
      Then cbt-insomnia is recommended
      And a caution stands beside cbt-insomnia that says "Leave out sleep restriction"

    @S1-03 @S2-18
    Scenario: CBT for those who have attempted suicide
      Given a person of 40 in outpatient care
      And the C-SSRS was answered yes to 6 lifetime, otherwise no
      When the intake team asks for a recommendation
      Then suicide-focused-cbt is recommended soon

  Rule: Nobody has to be sober first

    @S1-01 @S1-03 @T61
    Scenario Outline: Trauma is treated while use goes on
      Given a person of 44 in outpatient care
      And PTSD is active
      And <use disorder> use disorder is active, severe
      And use.days_last_30 is 26
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then trauma-focused-therapy is recommended soon
      And trauma-focused-therapy is not withheld

      Examples:
        | use disorder |
        | alcohol      |
        | opioid       |

    @S1-03 @V30 @T61
    Scenario: PTSD, drinking two days a week, no suicidal thoughts
      Given a person of 44 in outpatient care
      And PTSD is active
      And alcohol use disorder is active, mild
      And alcohol.current_use is yes
      And alcohol.stopping_now is no
      And use.days_last_30 is 9
      And no opioid by history, medication list and urine test
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then trauma-focused-therapy and naltrexone are recommended soon because of "trauma-treated-with-alcohol-use-disorder"
      And no caution stands beside trauma-focused-therapy

    @S1-03 @T61
    Scenario Outline: A long list of days of use closes no door
      Given a person of 44 in outpatient care
      And depression is active, moderate
      And alcohol use disorder is active, severe
      And use.days_last_30 is <days>
      When the intake team asks for a recommendation
      Then cbt and ssri are recommended soon

      Examples:
        | days |
        | 0    |
        | 30   |

    @S1-13 @T62
    Scenario Outline: Nobody is discharged for what the disorder does
      Given a person of 44 in outpatient care
      And depression is active, moderate
      And opioid use disorder is active, severe
      And the medication list was reviewed today and holds methadone
      And the event list was reviewed today
      And <what happened>
      When the intake team asks for a recommendation
      Then methadone, cbt and peer-support are recommended
      And methadone, cbt and peer-support are not withheld

      Examples:
        | what happened                        |
        | tox.fentanyl is yes                  |
        | tox.cocaine is yes                   |
        | there was a missed contact 1 day ago |
        | use.returned_other is yes            |
        | use.lapses_28_days is 3              |
        | treatment.unhelpful_12_months is 4   |

  Rule: Not now, and why

    @S1-03 @T72
    Scenario: No group during acute psychosis
      Given a person of 28 in outpatient care
      And stimulant use disorder is active, severe
      And psychosis.current is yes
      When the intake team asks for a recommendation
      Then group-therapy is withheld because of "acute-psychosis-or-violence-puts-group-therapy-off"
      And instead of group-therapy it offers motivational-interviewing and cbt

    @S1-03 @S2-01
    Scenario Outline: No session content today
      Given a person of 28 in outpatient care
      And alcohol use disorder is active, severe
      And <state> is yes
      When the intake team asks for a recommendation
      Then a caution stands beside motivational-interviewing that says "Rebook within 24 to 72 hours"
      And follow-up is at most every 3 days

      Examples:
        | state                   |
        | alcohol.intoxicated_now |
        | withdrawal.delirium_now |
        | mania.current           |

    @S1-03 @S2-19
    Scenario: Therapy adapted to cognitive impairment
      Given a person of 71 in outpatient care
      And alcohol use disorder is active, moderate
      And cognitive impairment is active
      And the GAD-7 total is 14
      When the intake team asks for a recommendation
      Then a caution stands beside cbt that says "short, concrete sessions"

    @S1-03 @S1-12
    Scenario: What the person does not want is marked and not hidden
      Given a person of 33 in outpatient care
      And alcohol use disorder is active, moderate
      And the person would like no mutual-help and group-therapy
      When the intake team asks for a recommendation
      Then mutual-help is marked as declined by the person
      And group-therapy is marked as declined by the person

  Rule: Peers, family, learning

    @S1-16 @S2-04
    Scenario Outline: A peer in early recovery and after a crisis
      Given a person of 33 in outpatient care
      And <reason>
      When the intake team asks for a recommendation
      Then peer-support is recommended soon because of "early-recovery-asks-for-peer-support"

      Examples:
        | reason                                       |
        | opioid use disorder is active, severe        |
        | there was an emergency visit 20 days ago     |
        | there was a discharge 20 days ago            |
        | there was a release from custody 20 days ago |

    @S1-03 @S2-09 @T80
    Scenario Outline: Family only with consent
      Given a person of 33 in outpatient care
      And psychosis is active
      And family.contact_consented <consent>
      When the intake team asks for a recommendation
      Then family-psychoeducation is <outcome>

      Examples:
        | consent         | outcome         |
        | is yes          | recommended     |
        | is no           | not recommended |
        | was never asked | not recommended |

    @S2-09 @T11
    Scenario: Family sessions with care where the home is not safe
      Given a person of 33 in outpatient care
      And psychosis is active
      And family.contact_consented is yes
      And need.unsafe_home is yes
      When the intake team asks for a recommendation
      Then a caution stands beside family-psychoeducation that says "in private first"

    @S1-09 @S1-14 @S1-16 @S2-06 @S2-12
    Scenario: Learning how the two disorders feed each other, and mutual help
      Given a person of 33 in outpatient care
      And alcohol use disorder is active, moderate
      And depression is active, moderate
      When the intake team asks for a recommendation
      Then psychoeducation, mutual-help and group-therapy are recommended
