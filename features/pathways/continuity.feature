Feature: Continuity: nobody is lost between one place of care and the next
  After a stay, an emergency visit or an overdose the clocks of 7 and 30 days run. A missed one raises the step, never ends
  the care. Every way out of a pathway leads into aftercare.

  Background:
    Given a person of 39 in telehealth care
    And the C-SSRS was answered no throughout

  Rule: After a stay

    @S1-06 @S1-18 @V41
    Scenario Outline: The first contact, and what happens when it is missed
      Given the person left <kind> care 1 day ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then the person stands at first-contact on telehealth-aftercare
      And follow-up is at most every 2 days
      Given 3 days pass
      And the C-SSRS was answered no throughout
      When the aftercare team asks for a recommendation
      Then the person stands at first-contact on telehealth-aftercare
      And something is escalated to E3 or beyond
      And the team is told "Nobody has reached the person since they left"

      Examples:
        | kind                  |
        | psychiatric           |
        | residential           |
        | withdrawal management |

    @S1-18 @S2-05 @T89
    Scenario: A missed first visit raises the step to the same day
      Given the person left psychiatric care 6 days ago
      And discharge.first_visit_missed is yes
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then it also calls for a same-day contact by a care manager (E4) because of "a-missed-first-visit-after-discharge-asks-for-outreach-within-a-day"
      And outreach is recommended

    @S1-18 @S2-05 @T14 @T18
    Scenario Outline: The clocks of 7 and 30 days
      Given the person left psychiatric care <left> days ago
      And there was a kept contact <kept> days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then "no-contact-in-the-month-after-discharge-asks-for-urgent-outreach" <state>
      And follow-up is at most every 7 days

      Examples:
        | left | kept | state         |
        | 7    | 40   | does not hold |
        | 8    | 40   | holds         |
        | 20   | 7    | does not hold |
        | 20   | 8    | holds         |
        | 30   | 40   | holds         |
        | 31   | 40   | does not hold |

  Rule: After an emergency visit or an overdose

    @S1-18 @S2-05
    Scenario Outline: Contact within three days, and outreach each week where nobody is reached
      Given there was <event> <days> days ago
      And there was a kept contact 40 days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then "emergency-visit-or-overdose-asks-for-contact-within-72-hours" <early>
      And "no-contact-a-week-after-an-emergency-asks-for-outreach-each-week" <later>

      Examples:
        | event              | days | early         | later         |
        | an emergency visit | 7    | holds         | does not hold |
        | an emergency visit | 8    | does not hold | holds         |
        | an emergency visit | 30   | does not hold | holds         |
        | an emergency visit | 31   | does not hold | does not hold |
        | an overdose        | 7    | holds         | does not hold |
        | an overdose        | 8    | does not hold | holds         |
        | an overdose        | 30   | does not hold | holds         |

    @S1-20 @T78
    Scenario Outline: The windows of 7 and 30 days after an emergency visit
      Given there was an emergency visit 20 days ago
      And emergency.reason is overdose
      And emergency.admitted is no
      And emergency.first_visit_day is <day> days
      When the aftercare team asks for a recommendation
      Then "emergency-for-substance-use-followed-within-7-days" <short>
      And "emergency-for-substance-use-followed-within-30-days" <long>

      Examples:
        | day | short         | long          |
        | 0   | holds         | holds         |
        | 7   | holds         | holds         |
        | 8   | does not hold | holds         |
        | 30  | does not hold | holds         |
        | 31  | does not hold | does not hold |

    @S1-18 @S2-16 @T63
    Scenario: An overdose in aftercare brings daily contact, and the road back is timed
      Given aftercare is going well
      And the person left residential care 100 days ago
      And the person stands at extending on telehealth-aftercare since 10 days ago
      And there was an overdose 1 day ago
      When the aftercare team asks for a recommendation
      Then the person stands at stepped-up on telehealth-aftercare
      And follow-up is every 1 day
      Given 5 days pass
      And aftercare is going well
      And psychosis.current is no
      And mania.current is no
      And step_up.decided is no
      And no danger is found now
      When the aftercare team asks for a recommendation
      Then the person stands at stepped-up on telehealth-aftercare
      Given 3 days pass
      And aftercare is going well
      And no danger is found now
      And psychosis.current is no
      And mania.current is no
      When the aftercare team asks for a recommendation
      Then the person stands at stabilising on telehealth-aftercare
      And the person stands at session-open on telehealth-aftercare
      And the person stands at conference-held on telehealth-aftercare

    @S2-05 @S2-16 @T76
    Scenario Outline: A step of the ladder that is missed climbs to the next
      Given the person left psychiatric care 6 days ago
      And the event list was reviewed today
      And escalation.overdue is <missed>
      When the aftercare team asks for a recommendation
      Then "<rule>" holds
      And something is escalated to <next> or beyond

      Examples:
        | missed | rule                                   | next |
        | e2     | a-late-early-contact-climbs-one-step    | E3   |
        | e3     | a-late-urgent-contact-climbs-one-step   | E4   |
        | e4     | a-late-same-day-contact-climbs-one-step | E5   |

  Rule: Leaving always ends in aftercare

    @S1-06 @S1-18 @T62
    Scenario Outline: At the end of a pathway somebody still sees the person, and danger still leads back to help
      Given the person stands at <end> on <pathway> since 10 days ago
      When the aftercare team asks for a recommendation
      Then the person stands at <end> on <pathway>
      And follow-up is at most every <days> days
      Given overdose.now is yes now
      When the aftercare team asks for a recommendation
      Then the person stands at <help> on <pathway>
      And follow-up is every 1 day

      Examples:
        | end                | pathway                                  | days | help        |
        | recovery-check-ups | telehealth-aftercare                     | 90   | stepped-up  |
        | recovery-check-ups | serious-mental-illness-and-substance-use | 90   | acute-care  |
        | continuing-care    | young-people                             | 28   | crisis-care |

    @S1-06 @S1-18
    Scenario: Weekly care for young people hands over to aftercare, where the first contact is owed at once
      Given the person stands at continuing-care on young-people since 1 day ago
      When the aftercare team asks for a recommendation
      Then the person stands at first-contact on telehealth-aftercare
      And follow-up is at most every 2 days

    @S1-18 @T62 @T67
    Scenario: A visit missed in check-ups brings outreach, not a closed case
      Given aftercare is going well
      And the person left residential care 500 days ago
      And the person stands at recovery-check-ups on telehealth-aftercare since 40 days ago
      And there was a missed contact 3 days ago
      And there was a missed contact 1 day ago
      When the aftercare team asks for a recommendation
      Then the person stands at at-risk on telehealth-aftercare
      And something is escalated to E2 or beyond
