Feature: After an overdose or an emergency visit somebody is there within a day
  P13: intent is asked and never assumed, opioid medicine and naloxone do not wait, and the first month is kept close.

  Background:
    Given a person of 31 in outpatient care
    And every list was reviewed today

  @S1-18 @S2-16
  Scenario: From the emergency department to aftercare
    Given there was an overdose 1 day ago
    When the aftercare team asks for a recommendation
    Then the person stands at first-day on after-overdose-or-emergency
    And naloxone and suicide-risk-assessment are recommended
    And follow-up is every 1 day
    Given 1 hour passes
    And the task first-day on after-overdose-or-emergency is done
    And danger to life is known to be over
    When the aftercare team asks for a recommendation
    Then the person stands at first-week on after-overdose-or-emergency
    And follow-up is at most every 3 days
    Given 7 days pass
    And every list was reviewed today
    And danger to life is known to be over
    And emergency.first_visit_day is 4 days
    And use.returned_opioid is no
    When the aftercare team asks for a recommendation
    Then the person stands at first-month on after-overdose-or-emergency
    Given 21 days pass
    And every list was reviewed today
    And danger to life is known to be over
    And use.returned_opioid is no
    When the aftercare team asks for a recommendation
    Then the person stands at continuing-care on after-overdose-or-emergency
    And the person stands at first-contact on telehealth-aftercare

  @S1-18
  Scenario Outline: Which emergency visits count
    Given there was an emergency visit <days> days ago
    And emergency.reason is <reason>
    When the aftercare team asks for a recommendation
    Then the person <place>

    Examples:
      | days | reason        | place                                                  |
      | 30   | self_harm     | stands at first-day on after-overdose-or-emergency     |
      | 30   | substance_use | stands at first-day on after-overdose-or-emergency     |
      | 31   | self_harm     | is not on after-overdose-or-emergency                  |
      | 2    | other         | is not on after-overdose-or-emergency                  |

  @S2-18 @T65
  Scenario: An overdose is not assumed to be an accident
    Given there was an overdose 1 day ago
    And the person stands at first-day on after-overdose-or-emergency since 1 day ago
    And the task first-day on after-overdose-or-emergency is done
    And the C-SSRS was declined
    When the aftercare team asks for a recommendation
    Then the person stands at intent on after-overdose-or-emergency
    And the way to second-overdose is held
    And it asks for the C-SSRS
    And something is escalated to E4 or beyond

  @S2-16 @S2-18 @T65
  Scenario: Suicide risk after an overdose leads to suicide care beside the follow-up
    Given there was an overdose 1 day ago
    And the person stands at intent on after-overdose-or-emergency since 1 hour ago
    And the C-SSRS was answered yes to 1, 2 and 3, otherwise no
    When the aftercare team asks for a recommendation
    Then the person stands at suicide-care on after-overdose-or-emergency
    And the person stands at first-week on after-overdose-or-emergency
    And the person stands at same-day-assessment on suicide-crisis

  @S1-05 @S1-18
  Scenario: A second overdose within a year brings closer care as well
    Given there was an overdose 200 days ago
    And there was an overdose 2 days ago
    And the person stands at second-overdose on after-overdose-or-emergency since 1 hour ago
    When the aftercare team asks for a recommendation
    Then the person stands at conference on after-overdose-or-emergency
    And the person stands at first-week on after-overdose-or-emergency
    And intensive-case-management and case-conference are recommended
    Given 3 days pass
    And the task conference on after-overdose-or-emergency is done
    When the aftercare team asks for a recommendation
    Then the person stands at closer-care on after-overdose-or-emergency

  @S1-18 @S2-05 @T62
  Scenario: Nobody seen in a week: outreach is raised again and again, and nothing is eased
    Given there was an overdose 12 days ago
    And the person stands at first-week on after-overdose-or-emergency since 10 days ago
    When the aftercare team asks for a recommendation
    Then the person stands at first-week on after-overdose-or-emergency
    And the team is told "the door stays open"
    And something is escalated to E3 or beyond

  @S1-18 @S2-08 @T63 @T67
  Scenario: A return to opioid use, help the same day, and back on the road
    Given there was an overdose 20 days ago
    And the person stands at first-month on after-overdose-or-emergency since 8 days ago
    And use.returned_opioid is yes
    When the aftercare team asks for a recommendation
    Then the person stands at again on after-overdose-or-emergency
    And follow-up is every 1 day
    Given 1 day passes
    And the task again on after-overdose-or-emergency is done
    When the aftercare team asks for a recommendation
    Then the person stands at first-week on after-overdose-or-emergency
    Given 7 days pass
    And danger to life is known to be over
    And emergency.first_visit_day is 2 days
    And use.returned_opioid is no
    And every list was reviewed today
    When the aftercare team asks for a recommendation
    Then the person stands at first-month on after-overdose-or-emergency

  @S2-16 @S2-18
  Scenario: Danger again leads to help now, and a day later back to the first day
    Given there was an overdose 20 days ago
    And the person stands at first-month on after-overdose-or-emergency since 8 days ago
    And overdose.now is yes now
    When the aftercare team asks for a recommendation
    Then the person stands at emergency on after-overdose-or-emergency
    And something is escalated to E6 or beyond
    Given 1 day passes
    When the aftercare team asks for a recommendation
    Then the person stands at emergency on after-overdose-or-emergency
    Given danger to life is known to be over
    When the aftercare team asks for a recommendation
    Then the person stands at first-day on after-overdose-or-emergency
