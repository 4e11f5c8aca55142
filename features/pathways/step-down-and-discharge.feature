Feature: Nobody leaves care into nothing
  P12: a step down waits until every condition is known to be met; every way out, also against advice and from custody, is met by the
  same first days, and ends in aftercare.

  Background:
    Given a person of 39 in residential care
    And every list was reviewed today

  @S1-06 @S1-18 @T79
  Scenario: A planned discharge, the first days, the first month, aftercare
    Given discharge.planned is yes
    And handoff.accepted is yes
    And supply.margin_days is 3 days
    When the aftercare team asks for a recommendation
    Then the person stands at hand-off on step-down-and-discharge
    And warm-hand-off and naloxone are recommended
    Given 2 days pass
    And the task hand-off on step-down-and-discharge is done
    When the aftercare team asks for a recommendation
    Then the person stands at first-days on step-down-and-discharge
    And follow-up is at most every 3 days
    Given 7 days pass
    And every list was reviewed today
    And danger to life is known to be over
    And discharge.planned is no
    And discharge.first_visit_missed is no
    And discharge.first_visit_day is 6 days
    And use.returned_opioid is no
    And use.returned_other is no
    When the aftercare team asks for a recommendation
    Then the person stands at first-month on step-down-and-discharge
    Given 21 days pass
    And every list was reviewed today
    And danger to life is known to be over
    And discharge.first_visit_missed is no
    And use.returned_opioid is no
    And use.returned_other is no
    When the aftercare team asks for a recommendation
    Then the person stands at aftercare on step-down-and-discharge
    And the person stands at first-contact on telehealth-aftercare

  @S1-13 @S1-18 @T70 @V40
  Scenario: A step down is asked for, and the suicide screen is twenty days old
    Given step_down.requested is yes
    And the C-SSRS was answered no throughout 20 days ago
    When the aftercare team asks for a recommendation
    Then the person stands at present-level on step-down-and-discharge
    And "step-down-is-considered-only-when-everything-is-known" cannot be settled
    And it asks for the C-SSRS

  @S1-18 @T79
  Scenario Outline: Before the next place has accepted, or where opioid medicine would run short, the discharge is held or bridged
    Given discharge.planned is yes
    And handoff.accepted is <accepted>
    And supply.margin_days is <margin> days
    And the medication list was reviewed today and holds <medicine>
    When the aftercare team asks for a recommendation
    Then the person stands at <stage> on step-down-and-discharge

    Examples:
      | accepted | margin | medicine      | stage    |
      | yes      | 3      | methadone     | hand-off |
      | yes      | 2      | methadone     | bridge   |
      | yes      | 2      | nothing else  | hand-off |
      | no       | 9      | nothing else  | bridge   |

  @S1-18 @T79
  Scenario: A bridge is found and the hand-over goes on
    Given discharge.planned is yes
    And the person stands at bridge on step-down-and-discharge since 2 days ago
    And handoff.accepted is yes
    And supply.margin_days is 4 days
    When the aftercare team asks for a recommendation
    Then the person stands at bridge on step-down-and-discharge
    Given the task bridge on step-down-and-discharge is done
    When the aftercare team asks for a recommendation
    Then the person stands at hand-off on step-down-and-discharge

  @S1-18 @S2-05 @T62 @T63
  Scenario: Leaving against advice gets a safe exit, calls through the week, and an open door
    Given step_down.requested is yes
    And discharge.against_advice is yes
    When the aftercare team asks for a recommendation
    Then the person stands at leaving-early on step-down-and-discharge
    And naloxone and overdose-education and crisis-card are recommended
    And follow-up is every 1 day
    Given 1 hour passes
    And the task leaving-early on step-down-and-discharge is done
    When the aftercare team asks for a recommendation
    Then the person stands at calls-after-leaving on step-down-and-discharge
    Given 7 days pass
    And every list was reviewed today
    And danger to life is known to be over
    And use.returned_other is no
    When the aftercare team asks for a recommendation
    Then the person stands at calls-after-leaving on step-down-and-discharge
    And the way to first-month is held because of use.returned_opioid
    Given use.returned_opioid is no
    When the aftercare team asks for a recommendation
    Then the person stands at first-month on step-down-and-discharge

  @S1-18 @T63
  Scenario: Release from custody is prepared before the gate and met after it
    Given custody.release_planned is yes
    When the aftercare team asks for a recommendation
    Then the person stands at before-release on step-down-and-discharge
    And naloxone and bridge-prescription are recommended
    Given 4 days pass
    And there was a release from custody today
    And every list was reviewed today
    When the aftercare team asks for a recommendation
    Then the person stands at first-days on step-down-and-discharge

  @S1-18 @V41
  Scenario: A Friday discharge with the first visit on day nine stays in the close first days
    Given the person left psychiatric care 8 days ago
    And the person stands at first-days on step-down-and-discharge since 8 days ago
    And danger to life is known to be over
    And discharge.first_visit_missed is no
    And discharge.first_visit_day is 9 days
    And use.returned_opioid is no
    And use.returned_other is no
    When the aftercare team asks for a recommendation
    Then the person stands at first-days on step-down-and-discharge
    And the way to first-month is closed
    And the team is told "no visit known to be kept"

  @S1-18 @S2-05
  Scenario: A missed first visit, outreach the same day, and back
    Given the person left residential care 3 days ago
    And the person stands at first-days on step-down-and-discharge since 3 days ago
    And discharge.first_visit_missed is yes
    When the aftercare team asks for a recommendation
    Then the person stands at outreach on step-down-and-discharge
    And something is escalated to E4 or beyond
    Given 1 day passes
    And the task outreach on step-down-and-discharge is done
    And discharge.first_visit_missed is no
    And every list was reviewed today
    When the aftercare team asks for a recommendation
    Then the person stands at first-days on step-down-and-discharge

  @S1-18 @S2-08 @T62 @T67
  Scenario: A return to use after leaving, and the way back
    Given the person left residential care 12 days ago
    And the person stands at first-month on step-down-and-discharge since 4 days ago
    And use.returned_other is yes
    When the aftercare team asks for a recommendation
    Then the person stands at return-to-use on step-down-and-discharge
    And follow-up is every 1 day
    Given 2 days pass
    And the task return-to-use on step-down-and-discharge is done
    And use.returned_other is no
    And use.returned_opioid is no
    When the aftercare team asks for a recommendation
    Then the person stands at first-days on step-down-and-discharge

  @S2-16
  Scenario: Danger stops the discharge
    Given discharge.planned is yes
    And the person stands at hand-off on step-down-and-discharge since 3 days ago
    And withdrawal.seizure_now is yes now
    When the aftercare team asks for a recommendation
    Then the person stands at emergency on step-down-and-discharge
    And something is escalated to E6 or beyond
    Given 1 day passes
    And danger to life is known to be over
    When the aftercare team asks for a recommendation
    Then the person stands at hand-off on step-down-and-discharge
