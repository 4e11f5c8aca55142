Feature: Alcohol use disorder with depression or anxiety walks with the person
  P05: withdrawal first; then a medicine for alcohol and treatment of mood or anxiety side by side, and aftercare.

  Background:
    Given a person of 46 in telehealth care
    And alcohol use disorder is active
    And depression is active, yesterday
    And alcohol.current_use is no, yesterday
    And mania.history is no, yesterday
    And mania.current is no, yesterday
    And psychosis.current is no, yesterday
    And every list was reviewed today

  @S1-01 @S1-04 @S1-18 @T44 @T61
  Scenario: From the first question about withdrawal to aftercare
    When the intake team asks for a recommendation
    Then the person stands at goal on alcohol-use-disorder-with-depression-or-anxiety
    Given 2 days pass
    And the task goal on alcohol-use-disorder-with-depression-or-anxiety is done
    And lab.crcl is 90 mL/min
    And symptoms.timeline is independent
    When the aftercare team asks for a recommendation
    Then the person stands at offer-medicine on alcohol-use-disorder-with-depression-or-anxiety
    And the person stands at treat-mood on alcohol-use-disorder-with-depression-or-anxiety
    And acamprosate, cbt and ssri are recommended
    Given 5 days pass
    And the task offer-medicine on alcohol-use-disorder-with-depression-or-anxiety is done
    And the task treat-mood on alcohol-use-disorder-with-depression-or-anxiety is done
    When the aftercare team asks for a recommendation
    Then the person stands at medicine-goes-on on alcohol-use-disorder-with-depression-or-anxiety
    And the person stands at on-treatment on alcohol-use-disorder-with-depression-or-anxiety
    Given 83 days pass
    And aftercare is going well
    And the GAD-7 total is 3
    When the aftercare team asks for a recommendation
    Then the person stands at on-treatment on alcohol-use-disorder-with-depression-or-anxiety
    Given 1 day passes
    And aftercare is going well
    When the aftercare team asks for a recommendation
    Then the person stands at aftercare on alcohol-use-disorder-with-depression-or-anxiety
    And the person stands at first-contact on telehealth-aftercare

  @S1-04 @S2-18
  Scenario: Withdrawal that is possible comes first, with contact every day
    Given alcohol.current_use is yes
    And alcohol.hours_since_last_drink is 30 hours
    When the intake team asks for a recommendation
    Then the person stands at withdrawal-care on alcohol-use-disorder-with-depression-or-anxiety
    And follow-up is every 1 day
    Given 4 days pass
    And the task withdrawal-care on alcohol-use-disorder-with-depression-or-anxiety is done
    When the aftercare team asks for a recommendation
    Then the person stands at goal on alcohol-use-disorder-with-depression-or-anxiety

  @S1-02 @S2-18
  Scenario: Drinking that nobody asked about holds the first decision, with contact every day
    Given alcohol.current_use is not known
    When the intake team asks for a recommendation
    Then the person stands at withdrawal-check on alcohol-use-disorder-with-depression-or-anxiety
    And the way to goal is held because of alcohol.withdrawal_risk
    And it asks for alcohol.current_use
    And follow-up is every 1 day

  @S1-04 @S1-12 @V46 @T36 @T41
  Scenario Outline: The medicine follows opioids and kidneys
    Given the person stands at medicine-choice on alcohol-use-disorder-with-depression-or-anxiety since 1 day ago
    And lab.crcl is <clearance> mL/min
    And opioid.days_since_last_use is <days> days
    When the aftercare team asks for a recommendation
    Then the person stands at <stage> on alcohol-use-disorder-with-depression-or-anxiety

    Examples:
      | clearance | days | stage          |
      | 31        | 1    | offer-medicine |
      | 30        | 1    | specialist     |

  @S1-04 @V11
  Scenario: Kidneys that nobody measured hold the choice of a medicine while therapy goes on
    Given the person stands at medicine-choice on alcohol-use-disorder-with-depression-or-anxiety since 1 day ago
    And the person stands at on-treatment on alcohol-use-disorder-with-depression-or-anxiety since 1 day ago
    And opioid.days_since_last_use is 1 day
    When the aftercare team asks for a recommendation
    Then the person stands at medicine-choice on alcohol-use-disorder-with-depression-or-anxiety
    And the way to specialist is held because of lab.crcl
    And the person stands at on-treatment on alcohol-use-disorder-with-depression-or-anxiety
    And cbt is recommended

  @S1-13 @T07
  Scenario: Milder symptoms that come with drinking are measured again, and not for ever
    Given the person stands at mood-check on alcohol-use-disorder-with-depression-or-anxiety since 1 day ago
    And the PHQ-9 total is 13
    And the GAD-7 total is 9
    And the C-SSRS was answered no throughout
    And symptoms.timeline is substance_induced
    And depression.recurrent is no
    When the aftercare team asks for a recommendation
    Then the person stands at measure-again on alcohol-use-disorder-with-depression-or-anxiety
    And cbt is recommended
    Given 27 days pass
    When the aftercare team asks for a recommendation
    Then the person stands at measure-again on alcohol-use-disorder-with-depression-or-anxiety
    Given 1 day passes
    When the aftercare team asks for a recommendation
    Then the person stands at treat-mood on alcohol-use-disorder-with-depression-or-anxiety

  @S2-16 @S2-18
  Scenario: Danger leads to daily contact from every branch
    Given the person stands at medicine-goes-on on alcohol-use-disorder-with-depression-or-anxiety since 30 days ago
    And the person stands at on-treatment on alcohol-use-disorder-with-depression-or-anxiety since 30 days ago
    And suicide.attempt_now is yes now
    When the aftercare team asks for a recommendation
    Then the person stands at help-now on alcohol-use-disorder-with-depression-or-anxiety
    And follow-up is at most every 1 day

  @S1-18 @S2-08 @T62
  Scenario: A return to drinking brings a visit within 72 hours, and treatment goes on
    Given the person stands at aftercare on alcohol-use-disorder-with-depression-or-anxiety since 60 days ago
    And use.returned_other is yes
    When the aftercare team asks for a recommendation
    Then the person stands at return-to-drinking on alcohol-use-disorder-with-depression-or-anxiety
    And relapse-prevention-plan is recommended
    And follow-up is at most every 3 days
    Given 3 days pass
    And the task return-to-drinking on alcohol-use-disorder-with-depression-or-anxiety is done
    When the aftercare team asks for a recommendation
    Then the person stands at return-to-drinking on alcohol-use-disorder-with-depression-or-anxiety
    Given use.returned_other is no
    When the aftercare team asks for a recommendation
    Then the person stands at on-treatment on alcohol-use-disorder-with-depression-or-anxiety

  @S1-13 @T70
  Scenario: A goal that is not met changes the plan, and ends nothing
    Given the person stands at on-treatment on alcohol-use-disorder-with-depression-or-anxiety since 84 days ago
    And use.goal_met is no
    When the aftercare team asks for a recommendation
    Then the person stands at adjust on alcohol-use-disorder-with-depression-or-anxiety
    And level-of-care-review is recommended

  @S1-04 @V46
  Scenario: A specialist who does not answer within a week raises a step, and nobody is left without care
    Given the person stands at specialist on alcohol-use-disorder-with-depression-or-anxiety since 8 days ago
    And lab.crcl is 25 mL/min
    And opioid.days_since_last_use is 1 day
    When the aftercare team asks for a recommendation
    Then it also calls for a contact within 72 hours by the clinician (E3)
    And addiction-specialist-consultation and motivational-interviewing are recommended

  @S1-01 @T35
  Scenario: Somebody led here from withdrawal care without a mood disorder goes on to therapy for alcohol
    Given depression is ruled out
    And the person stands at mood-check on alcohol-use-disorder-with-depression-or-anxiety since 1 day ago
    And the PHQ-9 total is 9
    And the GAD-7 total is 9
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at on-treatment on alcohol-use-disorder-with-depression-or-anxiety
