Feature: More care, the same, or less
  One reason is enough for more care to be talked about. Less care needs every condition to be known and met. Nothing that
  belongs to the illness ends care, and a benefit that runs out is bridged.

  Rule: Any one reason asks for a decision on more care

    @S1-13 @S2-05
    Scenario Outline: One reason is enough
      Given a person of 41 in outpatient care
      And the C-SSRS was answered no throughout
      And <reason>
      When the aftercare team asks for a recommendation
      Then it also calls for a contact within 7 days by a clinician (E2) because of "<rule>"
      And level-of-care-review is recommended

      Examples:
        | reason                                                   | rule                                                       |
        | escalation.raised was e3 and e4 on the last 2 days       | a-crisis-or-two-urgent-steps-ask-for-a-step-up-decision    |
        | escalation.raised was e5 on the last 1 days              | a-crisis-or-two-urgent-steps-ask-for-a-step-up-decision    |
        | warning_signs.total was 5 and 6 on the last 2 weeks      | red-twice-in-four-weeks-asks-for-a-step-up-decision        |
        | treatment.no_response_8_weeks is yes                     | no-response-in-eight-weeks-asks-for-a-step-up-decision     |
        | support.safe_housing is no                               | loss-of-safe-housing-asks-for-a-step-up-decision           |
        | contact.cannot_keep is yes                               | contact-that-cannot-be-kept-asks-for-a-step-up-decision    |
        | mania.current is yes                                     | psychosis-or-mania-asks-for-a-step-up-decision             |
        | pregnancy.newly_reported is yes                          | pregnancy-asks-for-a-step-up-decision                      |
        | step_up.asked is yes                                     | a-person-who-asks-for-more-care-is-heard                   |

    @S1-13 @T14
    Scenario: One urgent step alone is no reason
      Given a person of 41 in outpatient care
      And escalation.raised was e2 and e3 on the last 2 days
      When the aftercare team asks for a recommendation
      Then "a-crisis-or-two-urgent-steps-ask-for-a-step-up-decision" does not hold

  Rule: A single lapse with the plan resumed holds the level

    @S2-05 @T67
    Scenario Outline: Lapses
      Given a person of 41 in outpatient care
      And use.lapses_28_days is <lapses>
      And plan.resumed is <resumed>
      When the aftercare team asks for a recommendation
      Then "one-return-to-use-with-the-plan-resumed-holds-the-level" <held>
      And "repeated-lapses-ask-for-a-step-up-decision" <up>

      Examples:
        | lapses | resumed | held          | up            |
        | 1      | yes     | holds         | does not hold |
        | 1      | no      | does not hold | does not hold |
        | 2      | yes     | does not hold | holds         |

  Rule: Less care only when everything is known and met

    @S1-18 @T04 @T70 @V40
    Scenario Outline: One condition is open, and the level is kept
      Given a person of 41 in outpatient care
      And aftercare is going well
      And step_down.requested is yes
      And step_down.next_visit_day is 5 days
      And <open> is not known
      When the aftercare team asks for a recommendation
      Then "step-down-is-considered-only-when-everything-is-known" cannot be settled
      And it asks for <open>

      Examples:
        | open                        |
        | escalation.days_since_urgent |
        | supply.next_booked          |
        | withdrawal.resolved         |
        | handoff.accepted            |
        | step_down.person_agrees     |

    @S1-12 @S1-18 @T70
    Scenario Outline: One condition is known not to be met
      Given a person of 41 in outpatient care
      And aftercare is going well
      And step_down.requested is yes
      And step_down.next_visit_day is 5 days
      And <finding> is not known
      And <finding> is <value>
      When the aftercare team asks for a recommendation
      Then "step-down-is-considered-only-when-everything-is-known" does not hold
      And it also calls for a review within 14 days by the team (E1) because of "a-known-barrier-holds-the-level-of-care"

      Examples:
        | finding                      | value   |
        | escalation.days_since_urgent | 27 days |
        | supply.next_booked           | no      |
        | handoff.accepted             | no      |
        | step_down.person_agrees      | no      |

  Rule: What never ends care

    @S1-13 @T62 @T70
    Scenario Outline: A reason that is none
      Given a person of 41 in outpatient care
      And the C-SSRS was answered no throughout
      And the medication list was reviewed today and holds methadone
      And discharge.reason is <reason>
      When the aftercare team asks for a recommendation
      Then something is escalated to <level> or beyond
      And "<rule>" holds

      Examples:
        | reason            | level | rule                                                    |
        | return_to_use     | E2    | care-never-ends-for-a-test-a-symptom-or-missed-visits   |
        | missed_visits     | E2    | care-never-ends-for-a-test-a-symptom-or-missed-visits   |
        | missed_counselling | E2    | opioid-medicine-never-ends-for-missed-counselling       |
        | benefit_end       | E3    | the-end-of-a-benefit-never-ends-care-without-a-bridge   |

    @S1-04 @S1-12
    Scenario: A payer wants methadone to end
      Given a person of 41 in outpatient care
      And the medication list was reviewed today and holds methadone
      And taper.moud_considered is yes
      And taper.moud_asked_by_others is yes
      When the aftercare team asks for a recommendation
      Then the team is told "Begin no taper"
      And prescriber-consultation is recommended because of "opioid-medicine-is-for-the-long-term"
      And methadone is not withheld

    @S1-04 @S2-05
    Scenario: Craving returns during a taper the person wished for
      Given a person of 41 in outpatient care
      And the C-SSRS was answered no throughout
      And taper.moud_running is yes
      And craving.daily was 3, 5, 7 on the last 3 days
      When the aftercare team asks for a recommendation
      Then it also calls for a same-day contact by a prescriber (E4) because of "a-warning-sign-during-a-taper-asks-for-the-earlier-dose-today"
      And naloxone is recommended today

  Rule: Between two services nobody is without medicine or without a name

    @S1-18 @T79
    Scenario Outline: The supply outlasts the gap by three days
      Given a person of 41 in outpatient care
      And the medication list was reviewed today and holds buprenorphine
      And supply.margin_days is <margin> days
      When the aftercare team asks for a recommendation
      Then "opioid-medicine-outlasts-the-gap-by-three-days" <state>

      Examples:
        | margin | state         |
        | 2      | holds         |
        | 3      | does not hold |

    @S1-06 @S1-18
    Scenario: A discharge is planned and nobody has accepted the person
      Given a person of 41 in residential care
      And the C-SSRS was answered no throughout
      And discharge.planned is yes
      When the aftercare team asks for a recommendation
      Then it asks for handoff.accepted
      And it asks for supply.margin_days
      And "a-discharge-without-a-confirmed-next-place-is-held-or-bridged" cannot be settled

    @S1-18 @S2-05 @T62 @T63
    Scenario: Leaving against advice
      Given a person of 41 in residential care
      And the C-SSRS was answered no throughout
      And discharge.against_advice is yes
      And there was a discharge 0 days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then it also calls for a same-day contact by a clinician (E4) because of "leaving-against-advice-asks-for-a-safe-exit-the-same-day"
      And naloxone, bridge-prescription and crisis-card are recommended today
      And follow-up is every 1 days
