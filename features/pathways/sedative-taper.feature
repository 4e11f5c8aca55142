Feature: The sedative taper walks at the person's pace
  P03c: planned together, one small step at a time, each step looked at before the next. Signs of withdrawal hold it,
  thoughts of suicide pause it, and nobody is pushed or stopped suddenly.

  Background:
    Given a woman of 52 in outpatient care
    And sedative.taper_wished is yes

  @S1-04 @S1-12 @S1-13 @S1-18 @T52
  Scenario: From the wish to three months after the last step
    Given sedative.withdrawal_signs is no
    And sedative.harm_imminent is no
    And sedative.very_high_dose is no
    And withdrawal.prior_complicated is no
    And withdrawal.complicating_illness is no
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at shared-plan on sedative-taper
    And benzodiazepine-taper, cbt and cbt-insomnia are recommended
    Given 7 days pass
    And the task shared-plan on sedative-taper is done
    When the intake team asks for a recommendation
    Then the person stands at reducing on sedative-taper
    And follow-up is at most every 14 days
    Given 14 days pass
    And sedative.withdrawal_signs is no
    And sedative.taper_goal_met is no
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at step-review on sedative-taper
    Given 1 hour passes
    When the intake team asks for a recommendation
    Then the person stands at reducing on sedative-taper
    Given 14 days pass
    When the intake team asks for a recommendation
    Then the person stands at step-review on sedative-taper
    Given sedative.withdrawal_signs is no
    And sedative.taper_goal_met is yes
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at after-taper on sedative-taper
    Given 90 days pass
    And sedative.use_again is no
    And sleep.trouble_nights is 4
    And the GAD-7 total is 5
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at check-ups on sedative-taper

  @S2-16 @T52
  Scenario: A seizure leads to emergency help from every stage, then to a prescriber the same day
    Given the person stands at reducing on sedative-taper since 5 days ago
    And withdrawal.seizure_now is yes now
    When the intake team asks for a recommendation
    Then the person stands at emergency on sedative-taper
    And the first thing to do is an emergency call by emergency services (E6)
    Given 2 days pass
    And withdrawal.seizure_now is no
    And withdrawal.delirium_now is no
    And overdose.now is no
    And suicide.attempt_now is no
    And violence.imminent is no
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at medical-today on sedative-taper

  @S1-04 @V43 @T52
  Scenario: Nobody has looked at the last step, so no further step is taken
    Given the person stands at step-review on sedative-taper since 1 day ago
    And sedative.taper_goal_met is no
    When the intake team asks for a recommendation
    Then the person stands at step-review on sedative-taper
    And it asks for sedative.withdrawal_signs and the C-SSRS
    And follow-up is at most every 14 days

  @S1-04
  Scenario: Whether it was stopped suddenly is asked before anything is planned
    When the intake team asks for a recommendation
    Then the person stands at stopped-already on sedative-taper
    And it asks for sedative.withdrawal_signs

  @S1-04 @S2-18 @T52
  Scenario: Stopped suddenly, with signs: a prescriber the same day, then the question of the place
    Given sedative.withdrawal_signs is yes
    When the intake team asks for a recommendation
    Then the person stands at medical-today on sedative-taper
    And the first thing to do is a same-day contact by a prescriber (E4)
    Given 2 days pass
    And the task medical-today on sedative-taper is done
    And sedative.withdrawal_signs is no
    When the intake team asks for a recommendation
    Then the person stands at setting on sedative-taper
    And it asks for sedative.very_high_dose and withdrawal.prior_complicated

  @S2-18
  Scenario Outline: What speaks for a unit
    Given the person stands at setting on sedative-taper since 1 day ago
    And <finding> is yes
    When the intake team asks for a recommendation
    Then the person stands at inpatient on sedative-taper
    Given 6 days pass
    And the task inpatient on sedative-taper is done
    And sedative.harm_imminent is no
    When the intake team asks for a recommendation
    Then the person stands at shared-plan on sedative-taper

    Examples:
      | finding                         |
      | sedative.very_high_dose         |
      | withdrawal.prior_complicated    |
      | withdrawal.complicating_illness |

  @S1-13 @S2-05 @T52
  Scenario: Signs of withdrawal hold the taper until they are known to be gone
    Given the person stands at reducing on sedative-taper since 5 days ago
    And sedative.withdrawal_signs is yes
    When the intake team asks for a recommendation
    Then the person stands at holding on sedative-taper
    And follow-up is at most every 7 days
    Given 14 days pass
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at holding on sedative-taper
    Given sedative.withdrawal_signs is no
    When the intake team asks for a recommendation
    Then the person stands at reducing on sedative-taper

  @S2-16 @S2-18
  Scenario: Thoughts of suicide pause the taper; it is planned anew once the risk is known to be low
    Given the person stands at reducing on sedative-taper since 5 days ago
    And the C-SSRS was answered yes to 1, 2 and 3, otherwise no
    When the intake team asks for a recommendation
    Then the person stands at paused on sedative-taper
    And suicide-risk-assessment and safety-plan are recommended
    Given 4 days pass
    And overdose.now is no
    And suicide.attempt_now is no
    And violence.imminent is no
    And withdrawal.seizure_now is no
    And withdrawal.delirium_now is no
    When the intake team asks for a recommendation
    Then the person stands at paused on sedative-taper
    Given the C-SSRS was answered no throughout now
    When the intake team asks for a recommendation
    Then the person stands at shared-plan on sedative-taper

  @S1-18 @T62
  Scenario: Sedatives again after the taper: plan anew, without blame and without a sudden stop
    Given the person stands at check-ups on sedative-taper since 100 days ago
    And sedative.use_again is yes
    When the aftercare team asks for a recommendation
    Then the person stands at shared-plan on sedative-taper
    And the team is told "Do not stop suddenly what is taken every day"

  @S1-18
  Scenario Outline: Sleep trouble or anxiety comes back after the taper, is treated, and eases
    Given the person stands at after-taper on sedative-taper since 20 days ago
    And sedative.use_again is no
    And sleep.trouble_nights is <nights>
    And the GAD-7 total is <anxiety>
    When the aftercare team asks for a recommendation
    Then the person stands at <stage> on sedative-taper

    Examples:
      | nights | anxiety | stage       |
      | 15     | 9       | after-taper |
      | 16     | 9       | rebound     |
      | 15     | 10      | rebound     |

  @S1-18
  Scenario: Treated sleep trouble leads back to follow-up
    Given the person stands at rebound on sedative-taper since 15 days ago
    And the task rebound on sedative-taper is done
    And sedative.use_again is no
    And sleep.trouble_nights is 5
    When the aftercare team asks for a recommendation
    Then the person stands at rebound on sedative-taper
    Given the GAD-7 total is 6
    When the aftercare team asks for a recommendation
    Then the person stands at after-taper on sedative-taper
