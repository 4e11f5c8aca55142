Feature: Opioid use disorder with depression walks with the person
  P04: the medicine for opioid use today, mood beside it, and treatment of depression until well after it has lifted.

  Background:
    Given a person of 41 in telehealth care
    And opioid use disorder is active
    And depression is active
    And mania.history is no, yesterday
    And mania.current is no, yesterday
    And psychosis.current is no, yesterday
    And every list was reviewed today

  @S1-01 @S1-04 @S1-18 @T44 @T61
  Scenario: From the first day to maintenance
    Given the PHQ-9 total is 18, in a calm state
    When the intake team asks for a recommendation
    Then the person stands at opioid-medicine on opioid-use-disorder-with-depression
    And the person stands at treat on opioid-use-disorder-with-depression
    And buprenorphine, methadone, cbt and ssri are recommended
    Given 1 day passes
    And the medication list was reviewed today and holds buprenorphine
    And the task opioid-medicine on opioid-use-disorder-with-depression is done
    And the task treat on opioid-use-disorder-with-depression is done
    When the aftercare team asks for a recommendation
    Then the person stands at opioid-care on opioid-use-disorder-with-depression
    And the person stands at on-treatment on opioid-use-disorder-with-depression
    Given 28 days pass
    And the PHQ-9 total is 9, in a calm state
    When the aftercare team asks for a recommendation
    Then the person stands at on-course on opioid-use-disorder-with-depression
    Given 14 days pass
    And the PHQ-9 total is 4, in a calm state
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at continuation on opioid-use-disorder-with-depression
    Given 182 days pass
    And the PHQ-9 total is 3, in a calm state
    And the C-SSRS was answered no throughout
    And use.returned_opioid is no
    When the aftercare team asks for a recommendation
    Then the person stands at maintenance on opioid-use-disorder-with-depression

  @S1-13 @T07
  Scenario: A score from withdrawal is measured again after two stable weeks
    Given the medication list was reviewed today and holds buprenorphine
    And the PHQ-9 total is 14, in withdrawal
    And the C-SSRS was answered no throughout
    And symptoms.timeline is unclear
    And depression.recurrent is no
    When the intake team asks for a recommendation
    Then the person stands at measure-again on opioid-use-disorder-with-depression
    Given 13 days pass
    And the PHQ-9 total is 12, in a calm state
    When the aftercare team asks for a recommendation
    Then the person stands at measure-again on opioid-use-disorder-with-depression
    Given 1 day passes
    When the aftercare team asks for a recommendation
    Then the person stands at treat on opioid-use-disorder-with-depression

  @S1-13 @T07
  Scenario Outline: What does not wait, although the score comes from withdrawal
    Given the medication list was reviewed today and holds buprenorphine
    And the PHQ-9 total is <total>, in withdrawal
    And the C-SSRS was answered <thoughts>
    And symptoms.timeline is <timeline>
    And depression.recurrent is <earlier>
    When the intake team asks for a recommendation
    Then the person stands at <stage> on opioid-use-disorder-with-depression

    Examples:
      | total | thoughts                | timeline    | earlier | stage         |
      | 19    | no throughout           | unclear     | no      | measure-again |
      | 20    | no throughout           | unclear     | no      | treat         |
      | 12    | yes to 1, otherwise no  | unclear     | no      | treat         |
      | 12    | no throughout           | independent | no      | treat         |
      | 12    | no throughout           | unclear     | yes     | treat         |

  @S1-04 @T44
  Scenario: Possible bipolar disorder is evaluated before any antidepressant
    Given the medication list was reviewed today and holds buprenorphine
    And the PHQ-9 total is 18, in a calm state
    And mania.history is yes
    When the intake team asks for a recommendation
    Then the person stands at evaluation on opioid-use-disorder-with-depression
    And follow-up is at most every 3 days
    Given 1 day passes
    And bipolar disorder is active
    And the task evaluation on opioid-use-disorder-with-depression is done
    When the aftercare team asks for a recommendation
    Then the person stands at bipolar-or-psychosis-care on opioid-use-disorder-with-depression

  @S1-02
  Scenario: Past mania that nobody asked about holds the antidepressant and asks
    Given the medication list was reviewed today and holds buprenorphine
    And the PHQ-9 total is 18, in a calm state
    And mania.history is not known
    When the intake team asks for a recommendation
    Then the person stands at mood-check on opioid-use-disorder-with-depression
    And the way to timing is held because of bipolar.possible
    And it asks for mania.history

  @S2-16 @S2-18
  Scenario: Danger leads to daily contact, and back only once it is known to be over
    Given the person stands at on-treatment on opioid-use-disorder-with-depression since 9 days ago
    And overdose.now is yes now
    When the aftercare team asks for a recommendation
    Then the person stands at help-now on opioid-use-disorder-with-depression
    And the first thing to do is an emergency call by emergency services (E6)
    And follow-up is at most every 1 day
    Given 3 days pass
    And the medication list was reviewed today and holds buprenorphine
    And overdose.now is no
    And suicide.attempt_now is no
    And withdrawal.seizure_now is no
    And withdrawal.delirium_now is no
    When the aftercare team asks for a recommendation
    Then the person stands at help-now on opioid-use-disorder-with-depression
    Given violence.imminent is no
    And the C-SSRS was answered no throughout
    And the PHQ-9 total is 15, in a calm state
    When the aftercare team asks for a recommendation
    Then the person stands at treat on opioid-use-disorder-with-depression

  @S1-18 @S2-08 @T62 @T63
  Scenario: A return to opioids brings contact today, and treatment goes on
    Given the person stands at continuation on opioid-use-disorder-with-depression since 40 days ago
    And the medication list was reviewed today and holds buprenorphine
    And use.returned_opioid is yes
    When the aftercare team asks for a recommendation
    Then the person stands at return-to-opioids on opioid-use-disorder-with-depression
    And naloxone is recommended
    And follow-up is every 1 day
    Given 3 days pass
    And the medication list was reviewed today and holds buprenorphine
    And the task return-to-opioids on opioid-use-disorder-with-depression is done
    And moud.days_missed is 0 days
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at return-to-opioids on opioid-use-disorder-with-depression
    Given use.returned_opioid is no
    When the aftercare team asks for a recommendation
    Then the person stands at on-treatment on opioid-use-disorder-with-depression

  @S1-13 @S1-18
  Scenario: Depression that comes back is treated again at once
    Given the person stands at maintenance on opioid-use-disorder-with-depression since 100 days ago
    And the PHQ-9 total is 10, in a calm state
    When the aftercare team asks for a recommendation
    Then the person stands at treat on opioid-use-disorder-with-depression

  @S1-13 @T09
  Scenario: No clear change after four weeks asks for another treatment
    Given the PHQ-9 total is 18, in a calm state, 28 days ago
    And the person stands at on-treatment on opioid-use-disorder-with-depression since 28 days ago
    And the PHQ-9 total is 14, in a calm state
    And depression.treatment_weeks is 4 weeks
    When the aftercare team asks for a recommendation
    Then the person stands at adjust on opioid-use-disorder-with-depression
    And case-conference is recommended

  @S1-04 @T76
  Scenario: A medicine that was not offered the same day raises a step
    Given the person stands at opioid-medicine on opioid-use-disorder-with-depression since 2 days ago
    When the aftercare team asks for a recommendation
    Then it also calls for a same-day contact by the clinician (E4)
    And the team is told "Medicine for opioid use was not offered the same day."
