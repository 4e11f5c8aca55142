Feature: Young people: consent first, care made for their age
  P10: the suicide question comes first and never waits for consent; nothing is disclosed until the law is known; mood
  and use are treated side by side; the end is continuing care.

  Background:
    Given a person of 16 in outpatient care
    And aftercare is going well
    And cannabis use disorder is active, moderate

  Rule: In

    @S2-14 @V34 @T82
    Scenario: While nobody knows who may consent, nothing is disclosed and care goes on
      Given disclosure.parent_asked is yes
      When the intake team asks for a recommendation
      Then the person stands at consent on young-people
      And it asks for minor.may_consent
      And follow-up is at most every 7 days
      And the team is told "Disclose nothing yet"

    @S2-18 @T01
    Scenario: While nobody has asked about suicide, it is asked today
      Given the C-SSRS is only known from 30 days ago
      When the intake team asks for a recommendation
      Then follow-up is at most every 1 day

    @S2-14
    Scenario: A guardian has to agree: prepared with the young person first
      Given minor.may_consent is both
      When the intake team asks for a recommendation
      Then the person stands at guardian-consent on young-people
      Given 2 days pass
      And the task guardian-consent on young-people is done
      When the intake team asks for a recommendation
      Then the person stands at assessment on young-people

    @S1-11 @T14
    Scenario Outline: The age that it is made for
      Given a person of <age> in outpatient care
      And youth.care_chosen is <chosen>
      When the intake team asks for a recommendation
      Then the person <stands> young-people

      Examples:
        | age | chosen | stands             |
        | 11  | yes    | is not on          |
        | 12  | no     | stands at consent on |
        | 17  | no     | stands at consent on |
        | 18  | no     | is not on          |
        | 18  | yes    | stands at assessment on |
        | 25  | yes    | stands at assessment on |
        | 26  | yes    | is not on          |

    @S1-11 @T14
    Scenario Outline: A positive CRAFFT is enough
      Given cannabis use disorder is ruled out now
      And there was an emergency visit 400 days ago
      And youth.referred is no
      And the CRAFFT 2.1 total is <total>
      When the intake team asks for a recommendation
      Then the person <stands> young-people

      Examples:
        | total | stands               |
        | 1     | is not on            |
        | 2     | stands at consent on |

  Rule: From assessment to continuing care

    @S1-01 @S1-06 @S1-18 @S2-09 @T87
    Scenario: Therapy for young people, and anxiety treated beside it
      Given minor.may_consent is young_person
      And the person stands at assessment on young-people since 5 days ago
      And the task assessment on young-people is done
      And anxiety is active, moderate
      When the intake team asks for a recommendation
      Then the person stands at weekly-care on young-people
      And the person stands at mood-care on young-people
      And adolescent-community-reinforcement is recommended
      And follow-up is at most every 7 days
      Given 28 days pass
      And aftercare is going well
      And treatment.new_antidepressant_or_antiseizure is no
      And the PHQ-A total is 4
      And the GAD-7 total is 4
      When the intake team asks for a recommendation
      Then the person stands at mood-watch on young-people
      And the person stands at weekly-care on young-people
      Given 84 days pass
      And aftercare is going well
      And aftercare.enrolled is yes
      And use.returned_opioid is no
      When the intake team asks for a recommendation
      Then the person stands at continuing-care on young-people
      And the person stands at first-contact on telehealth-aftercare

    @S1-04 @V34
    Scenario: Opioid use disorder: medicine is offered today, with a specialist
      Given opioid use disorder is active, severe
      And the person stands at opioid-question on young-people since 1 day ago
      When the intake team asks for a recommendation
      Then the person stands at opioid-medicine on young-people
      And follow-up is at most every 3 days
      And naloxone and buprenorphine are recommended
      Given 5 days pass
      And aftercare is going well
      And the task opioid-medicine on young-people is done
      And buprenorphine is taken
      And moud.days_missed is 0 days
      When the intake team asks for a recommendation
      Then the person stands at weekly-care on young-people

    @S1-18 @T70
    Scenario: Without aftercare in place weekly care does not end
      Given the person stands at weekly-care on young-people since 100 days ago
      And the person stands at mood-watch on young-people since 100 days ago
      And use.returned_opioid is no
      And the PHQ-A total is 4
      And aftercare.enrolled is no
      When the intake team asks for a recommendation
      Then the person stands at weekly-care on young-people

  Rule: Worse, and back

    @S2-08 @T62 @T67
    Scenario: A return to use: seen within three days, no discharge
      Given the person stands at weekly-care on young-people since 30 days ago
      And use.returned_other is yes now
      When the intake team asks for a recommendation
      Then the person stands at lapse-plan on young-people
      And follow-up is at most every 3 days
      Given 28 days pass
      And aftercare is going well
      And use.returned_opioid is no
      When the intake team asks for a recommendation
      Then the person stands at weekly-care on young-people

    @S2-18
    Scenario Outline: Suicide risk or danger leads to help today, whoever may consent
      Given the person stands at <stage> on young-people since 5 days ago
      And <danger>
      When the intake team asks for a recommendation
      Then the person stands at crisis-care on young-people
      And follow-up is every 1 day
      And something is escalated to E4 or beyond

      Examples:
        | stage           | danger                                             |
        | consent         | the C-SSRS was answered yes to 3, otherwise no now |
        | weekly-care     | overdose.now is yes now                            |
        | mood-watch      | the C-SSRS was answered yes to 3, otherwise no now |
        | continuing-care | overdose.now is yes now                            |

    @S2-18 @T70
    Scenario: Back from crisis only when every danger is known to be over
      Given the person stands at crisis-care on young-people since 5 days ago
      When the intake team asks for a recommendation
      Then the person stands at crisis-care on young-people
      Given no danger is found now
      When the intake team asks for a recommendation
      Then the person stands at consent on young-people
