Feature: Stimulant use disorder with psychosis or ADHD walks with the person
  P08: psychosis first, contingency management for everyone, ADHD and medicines beside it, and aftercare.

  Background:
    Given a person of 29 in telehealth care
    And stimulant use disorder is active
    And psychosis.current is no, yesterday
    And every list was reviewed today

  @S1-01 @S1-03 @S1-04 @S1-18 @V32 @T53 @T58
  Scenario: From the first day to aftercare, with ADHD treated on the way
    When the intake team asks for a recommendation
    Then the person stands at begin-treatment on stimulant-use-disorder-with-psychosis-or-adhd
    And contingency-management, naloxone and drug-checking-strips are recommended
    Given 3 days pass
    And the task begin-treatment on stimulant-use-disorder-with-psychosis-or-adhd is done
    When the aftercare team asks for a recommendation
    Then the person stands at first-weeks on stimulant-use-disorder-with-psychosis-or-adhd
    Given 14 days pass
    And adhd.assessment is confirmed
    And adhd is active
    And psychosis.current is no
    When the aftercare team asks for a recommendation
    Then the person stands at weekly-care on stimulant-use-disorder-with-psychosis-or-adhd
    And the person stands at adhd-treatment on stimulant-use-disorder-with-psychosis-or-adhd
    And atomoxetine and long-acting-stimulant are recommended
    Given 10 days pass
    And the task adhd-treatment on stimulant-use-disorder-with-psychosis-or-adhd is done
    When the aftercare team asks for a recommendation
    Then the person stands at medicine-options on stimulant-use-disorder-with-psychosis-or-adhd
    Given 4 days pass
    And the task medicine-options on stimulant-use-disorder-with-psychosis-or-adhd is done
    When the aftercare team asks for a recommendation
    Then the person stands at medicines-go-on on stimulant-use-disorder-with-psychosis-or-adhd
    Given 70 days pass
    And aftercare is going well
    When the aftercare team asks for a recommendation
    Then the person stands at aftercare on stimulant-use-disorder-with-psychosis-or-adhd
    And the person stands at first-contact on telehealth-aftercare

  @S1-04 @S2-16
  Scenario: Psychosis that passes leads on to treatment of use
    Given psychosis.current is yes
    When the intake team asks for a recommendation
    Then the person stands at psychosis-care on stimulant-use-disorder-with-psychosis-or-adhd
    And antipsychotic and suicide-risk-assessment are recommended
    And follow-up is at most every 1 day
    Given 1 day passes
    And the task psychosis-care on stimulant-use-disorder-with-psychosis-or-adhd is done
    When the aftercare team asks for a recommendation
    Then the person stands at psychosis-care on stimulant-use-disorder-with-psychosis-or-adhd
    Given the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at psychosis-watch on stimulant-use-disorder-with-psychosis-or-adhd
    Given 7 days pass
    And psychosis.current is no
    When the aftercare team asks for a recommendation
    Then the person stands at begin-treatment on stimulant-use-disorder-with-psychosis-or-adhd

  @S1-01 @S1-13 @V31
  Scenario Outline: Psychosis without the stimulant becomes a disorder of its own
    Given psychosis.current is yes
    And psychosis.before_stimulants is no
    And psychosis.weeks_after_last_stimulant is <weeks> weeks
    And the person stands at psychosis-watch on stimulant-use-disorder-with-psychosis-or-adhd since 10 days ago
    When the aftercare team asks for a recommendation
    Then the person stands at <stage> on stimulant-use-disorder-with-psychosis-or-adhd

    Examples:
      | weeks | stage             |
      | 4     | psychosis-watch   |
      | 5     | primary-psychosis |
      | 6     | primary-psychosis |

  @S1-02 @S2-18
  Scenario: Psychosis that nobody looked for asks a clinician today
    Given psychosis.current is not known
    When the intake team asks for a recommendation
    Then the person stands at psychosis-check on stimulant-use-disorder-with-psychosis-or-adhd
    And the way to begin-treatment is held because of psychosis.current
    And follow-up is every 1 day
    And naloxone is recommended

  @S1-04
  Scenario: ADHD that nobody assessed holds its own branch only
    Given the person stands at weekly-care on stimulant-use-disorder-with-psychosis-or-adhd since 3 days ago
    And the person stands at adhd on stimulant-use-disorder-with-psychosis-or-adhd since 3 days ago
    When the aftercare team asks for a recommendation
    Then the person stands at adhd on stimulant-use-disorder-with-psychosis-or-adhd
    And the way to adhd-treatment is held because of adhd.assessment
    And the person stands at weekly-care on stimulant-use-disorder-with-psychosis-or-adhd
    Given adhd.assessment is deferred
    When the aftercare team asks for a recommendation
    Then the person stands at medicine-options on stimulant-use-disorder-with-psychosis-or-adhd

  @S2-16 @S2-18
  Scenario: Chest pain is an emergency, and daily contact follows
    Given the person stands at weekly-care on stimulant-use-disorder-with-psychosis-or-adhd since 20 days ago
    And symptom.chest_pain is yes now
    When the aftercare team asks for a recommendation
    Then the first thing to do is an emergency call by emergency services (E6)
    And the person stands at help-now on stimulant-use-disorder-with-psychosis-or-adhd
    And follow-up is every 1 day

  @S1-18 @S2-08 @T62 @T67
  Scenario: A return to use brings a visit within 72 hours, and weekly care goes on
    Given the person stands at aftercare on stimulant-use-disorder-with-psychosis-or-adhd since 50 days ago
    And use.returned_other is yes
    When the aftercare team asks for a recommendation
    Then the person stands at return-to-use on stimulant-use-disorder-with-psychosis-or-adhd
    And naloxone is recommended
    And follow-up is at most every 3 days
    Given 4 days pass
    And the task return-to-use on stimulant-use-disorder-with-psychosis-or-adhd is done
    And use.returned_other is no
    When the aftercare team asks for a recommendation
    Then the person stands at weekly-care on stimulant-use-disorder-with-psychosis-or-adhd

  @S1-13 @T62
  Scenario: Use that goes on raises the intensity, and nobody is discharged
    Given the person stands at weekly-care on stimulant-use-disorder-with-psychosis-or-adhd since 84 days ago
    And use.goal_met is no
    And use.stable_reduction is no
    When the aftercare team asks for a recommendation
    Then the person stands at step-up on stimulant-use-disorder-with-psychosis-or-adhd
    And matrix-model and level-of-care-review are recommended
