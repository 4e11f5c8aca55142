Feature: The suicide and crisis pathway stays with the person
  P02: from the first sign to a year after the crisis. A risk nobody knows is handled as moderate; help now is open from every stage;
  contact grows rarer one step at a time, on fresh answers and a clinician's word.

  Background:
    Given a person of 34 in outpatient care

  @S2-16 @S2-18
  Scenario: From high risk through daily contact to a closed episode
    Given the C-SSRS was answered yes to 1, 2 and 4, otherwise no
    When the intake team asks for a recommendation
    Then the person stands at crisis on suicide-crisis
    And follow-up is every 1 day
    Given 1 hour passes
    And suicide.clinician_rating is high
    And suicide.cannot_stay_safe is no
    And alcohol.intoxicated_now is no
    When the intake team asks for a recommendation
    Then the person stands at daily-contact on suicide-crisis
    Given 2 days pass
    And the task daily-contact on suicide-crisis is done
    And danger to life is known to be over
    And suicide.clinician_rating is moderate
    And suicide.since_last_contact is no
    And suicide.cannot_stay_safe is no
    When the intake team asks for a recommendation
    Then the person stands at drivers on suicide-crisis
    Given 3 days pass
    And the task drivers on suicide-crisis is done
    And danger to life is known to be over
    And suicide.clinician_rating is low
    And suicide.since_last_contact is no
    And suicide.concern is no
    When the intake team asks for a recommendation
    Then the person stands at weekly-contact on suicide-crisis
    Given 28 days pass
    And danger to life is known to be over
    And suicide.clinician_rating is low
    And suicide.since_last_contact is no
    And suicide.concern is no
    And suicide.screen_positive was no, no on the last 2 weeks
    When the intake team asks for a recommendation
    Then the person stands at low-risk on suicide-crisis
    Given 90 days pass
    And the task low-risk on suicide-crisis is done
    And danger to life is known to be over
    And the PHQ-9 was answered 1, 0, 0, 1, 0, 0, 0, 0, 0
    And suicide.clinician_rating is none
    And suicide.since_last_contact is no
    And suicide.concern is no
    And suicide.screen_positive was no, no on the last 2 weeks
    When the intake team asks for a recommendation
    Then the person stands at closed on suicide-crisis
    And caring-messages is recommended

  @S2-18 @T01 @T05
  Scenario Outline: A risk nobody knows is held at the sorting, asked for, and handled as moderate
    Given suicide.concern is yes
    And the C-SSRS <screen>
    When the intake team asks for a recommendation
    Then the person stands at sorting on suicide-crisis
    And the way to same-day-assessment is held
    And the way to low-risk is held
    And it asks for the C-SSRS
    And something is escalated to E4 or beyond
    And follow-up is at most every 3 days

    Examples:
      | screen                    |
      | was declined              |
      | could not be assessed     |

  @S2-18 @T20 @V03
  Scenario: Behaviour long ago is moderate risk, with a plan and contact within the week
    Given the C-SSRS was answered yes to 6 lifetime, otherwise no
    When the intake team asks for a recommendation
    Then the person stands at same-day-assessment on suicide-crisis
    And safety-plan is recommended
    And follow-up is at most every 7 days

  @S2-18 @T03 @V01
  Scenario: A low total with item 9 above zero brings the person to the sorting
    Given the PHQ-9 was answered 1, 1, 1, 1, 1, 1, 1, 0, 1
    When the intake team asks for a recommendation
    Then the person stands at sorting on suicide-crisis
    And something is escalated to E4 or beyond

  @S2-18 @T64
  Scenario: A denial while intoxicated does not decide; the question is asked again when sober
    Given the C-SSRS was answered yes to 5, otherwise no
    And the person stands at disposition on suicide-crisis since 1 hour ago
    And suicide.cannot_stay_safe is no
    And alcohol.intoxicated_now is yes
    When the intake team asks for a recommendation
    Then the person stands at until-sober on suicide-crisis
    Given 6 hours pass
    And alcohol.intoxicated_now is no
    And suicide.cannot_stay_safe is yes
    When the intake team asks for a recommendation
    Then the person stands at hospital on suicide-crisis

  @S2-18 @T64 @T70
  Scenario: Where it is not known whether the person is sober, nobody goes home
    Given the C-SSRS was answered yes to 5, otherwise no
    And the person stands at disposition on suicide-crisis since 1 hour ago
    And suicide.cannot_stay_safe is no
    And suicide.clinician_rating is high
    When the intake team asks for a recommendation
    Then the person stands at disposition on suicide-crisis
    And the way to daily-contact is held because of alcohol.intoxicated_now
    And it asks for alcohol.intoxicated_now

  @S2-16 @S2-18 @T73
  Scenario Outline: Help now is open from every stage, whatever else is unknown
    Given the person stands at <stage> on suicide-crisis since 20 days ago
    And <danger> is yes now
    When the intake team asks for a recommendation
    Then the person stands at <help> on suicide-crisis
    And something is escalated to <level> or beyond

    Examples:
      | stage           | danger                     | help               | level |
      | low-risk        | suicide.attempt_now        | emergency-services | E6    |
      | hospital        | suicide.attempt_now        | emergency-services | E6    |
      | closed          | overdose.now               | emergency-services | E6    |
      | weekly-contact  | suicide.since_last_contact | crisis             | E5    |
      | first-week-home | suicide.cannot_stay_safe   | crisis             | E5    |
      | drivers         | violence.imminent          | crisis             | E5    |

  @S1-18 @S2-18
  Scenario: Home from hospital, the first week, and back to weekly contact once the person is engaged
    Given the person stands at hospital on suicide-crisis since 6 days ago
    And danger to life is known to be over
    And suicide.clinician_rating is moderate
    And suicide.since_last_contact is no
    And suicide.cannot_stay_safe is no
    And crisis.days_since is 0 days
    When the intake team asks for a recommendation
    Then the person stands at first-week-home on suicide-crisis
    And follow-up is every 3 days
    Given 7 days pass
    And danger to life is known to be over
    And suicide.clinician_rating is low
    And suicide.since_last_contact is no
    And suicide.concern is no
    And crisis.contacts_kept is 2
    And crisis.visit_attended is no
    When the intake team asks for a recommendation
    Then the person stands at first-week-home on suicide-crisis
    Given 1 day passes
    And danger to life is known to be over
    And crisis.visit_attended is yes
    When the intake team asks for a recommendation
    Then the person stands at weekly-contact on suicide-crisis

  @S2-05 @S2-18 @T04
  Scenario: A relapse into thoughts with a method, and the way back
    Given the person stands at low-risk on suicide-crisis since 30 days ago
    And the C-SSRS was answered yes to 1, 2 and 3, otherwise no
    When the intake team asks for a recommendation
    Then the person stands at same-day-assessment on suicide-crisis
    Given 1 hour passes
    And the task same-day-assessment on suicide-crisis is done
    When the intake team asks for a recommendation
    Then the person stands at drivers on suicide-crisis
    Given 10 days pass
    And the task drivers on suicide-crisis is done
    When the intake team asks for a recommendation
    Then the person stands at drivers on suicide-crisis
    Given danger to life is known to be over
    And suicide.clinician_rating is low
    And suicide.since_last_contact is no
    And suicide.concern is no
    When the intake team asks for a recommendation
    Then the person stands at weekly-contact on suicide-crisis
