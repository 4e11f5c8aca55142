Feature: Intake asks first what can cost a life, and ends in a plan
  P01: danger, suicide, withdrawal and opioids in the first contact; the whole assessment within weeks; one shared plan; two reviews.
  What is not known is asked again and never read as no.

  Background:
    Given a person of 34 in outpatient care
    And intake.begun is yes

  @S1-02 @S1-10 @S1-11 @S1-12 @S2-18
  Scenario: From referral to a shared plan, its two reviews, and care that goes on
    When the intake team asks for a recommendation
    Then the person stands at life-threat on intake
    Given 1 hour passes
    And danger to life is known to be over
    And every list was reviewed today
    And alcohol.current_use is no
    And opioid.physically_dependent is no
    And sedative.withdrawal_signs is no
    And opioid_use_disorder.suspected is no
    When the intake team asks for a recommendation
    Then the person stands at screening on intake
    And follow-up is at most every 7 days
    Given 5 days pass
    And the task screening on intake is done
    And the PHQ-9 total is 17
    When the intake team asks for a recommendation
    Then the person stands at diagnosis on intake
    And the person stands at medical on intake
    Given 8 days pass
    And the task diagnosis on intake is done
    When the intake team asks for a recommendation
    Then the person stands at diagnosis on intake
    Given the task medical on intake is done
    And symptoms.timeline is unclear
    When the intake team asks for a recommendation
    Then the person stands at treat-both on intake
    Given 1 day passes
    And the task treat-both on intake is done
    When the intake team asks for a recommendation
    Then the person stands at level on intake
    Given 1 day passes
    And the task level on intake is done
    When the intake team asks for a recommendation
    Then the person stands at shared-decision on intake
    Given 2 days pass
    And the task shared-decision on intake is done
    When the intake team asks for a recommendation
    Then the person stands at plan on intake
    And safety-plan and crisis-card are recommended
    Given 1 day passes
    And the task plan on intake is done
    When the intake team asks for a recommendation
    Then the person stands at first-review on intake
    Given 14 days pass
    And the task first-review on intake is done
    When the intake team asks for a recommendation
    Then the person stands at second-review on intake
    Given 30 days pass
    And the task second-review on intake is done
    When the intake team asks for a recommendation
    Then the person stands at under-way on intake

  @S2-16 @S2-18
  Scenario Outline: Danger to life leads to help now from every stage of intake
    Given the person stands at <stage> on intake since 3 days ago
    And <danger> is yes now
    When the intake team asks for a recommendation
    Then the person stands at emergency on intake
    And something is escalated to E5 or beyond
    Given 1 day passes
    When the intake team asks for a recommendation
    Then the person stands at emergency on intake
    Given danger to life is known to be over
    When the intake team asks for a recommendation
    Then the person stands at withdrawal-risk on intake

    Examples:
      | stage       | danger                   |
      | life-threat | overdose.now             |
      | screening   | withdrawal.seizure_now   |
      | plan        | violence.imminent        |
      | under-way   | suicide.attempt_now      |

  @S2-16 @S2-18
  Scenario: Whether life is in danger is asked again until it is known
    Given the person stands at life-threat on intake since 1 hour ago
    And overdose.now is no
    And suicide.attempt_now is no
    And violence.imminent is no
    When the intake team asks for a recommendation
    Then the person stands at life-threat on intake
    And it asks for withdrawal.seizure_now and withdrawal.delirium_now
    And the team is told "Ask now: overdose, injury, seizure, confusion, violence."

  @S2-18 @T01 @T05
  Scenario: Asked twice and still not known, suicide risk is handled as moderate, and intake goes on beside it
    Given the person stands at suicide-screen on intake since 1 hour ago
    And the C-SSRS was declined
    When the intake team asks for a recommendation
    Then the person stands at suicide-screen on intake
    And it asks for the C-SSRS
    Given the task suicide-screen on intake is done
    When the intake team asks for a recommendation
    Then the person stands at second-attempt on intake
    Given 3 hours pass
    And the task second-attempt on intake is done
    When the intake team asks for a recommendation
    Then the person stands at suicide-care on intake
    And the person stands at withdrawal-risk on intake
    And the person stands at sorting on suicide-crisis
    And something is escalated to E4 or beyond

  @S1-04 @S2-18
  Scenario: Withdrawal that nobody has asked about is a medical review today
    Given the person stands at withdrawal-risk on intake since 1 hour ago
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at withdrawal-risk on intake
    And medical-review and withdrawal-assessment are recommended
    And it asks for sedative.withdrawal_signs and alcohol.current_use

  @S1-04 @T61 @T63
  Scenario: Medicine for opioid use disorder is offered the same day and waits for nothing
    Given the person stands at opioid-question on intake since 1 hour ago
    And opioid_use_disorder.suspected is yes
    When the intake team asks for a recommendation
    Then the person stands at opioid-medicine-today on intake
    And the person stands at screening on intake
    And naloxone is recommended
    Given 1 hour passes
    And the task opioid-medicine-today on intake is done
    When the intake team asks for a recommendation
    Then the person stands at opioid-care on intake
    And the person stands at screening on intake

  @S1-02 @T35
  Scenario: Screens that are not known are asked for, and nobody is passed on as well
    Given the person stands at screens on intake since 1 day ago
    When the intake team asks for a recommendation
    Then the person stands at screens on intake
    And the way to plan is held
    And it asks for the PHQ-9 and the AUDIT-C

  @S1-10 @S1-18 @S2-05 @T62
  Scenario: A missed first review brings outreach within two days, and a new review once reached
    Given the person stands at first-review on intake since 14 days ago
    And there was a missed contact today
    And the event list was reviewed today
    When the intake team asks for a recommendation
    Then the person stands at outreach on intake
    And follow-up is every 1 day
    Given 1 day passes
    And the task outreach on intake is done
    And the event list was reviewed today
    When the intake team asks for a recommendation
    Then the person stands at outreach on intake
    Given 2 days pass
    And the task outreach on intake is done
    And the event list was reviewed today
    When the intake team asks for a recommendation
    Then the person stands at first-review on intake
