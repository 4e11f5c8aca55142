Feature: Pregnancy with opioid use, from the first contact to a year after birth
  P09: medication and one team side by side, a birth plan by week 32, and contact that stays close for a year after birth,
  when overdose is most likely. It runs beside the opioid treatment pathway, and the closer follow-up wins.

  Background:
    Given a woman of 27 in outpatient care
    And opioid use disorder is active, severe

  @S1-04 @S1-05 @S1-18 @S1-19 @V33
  Scenario: From the first contact to the year after birth
    Given she is pregnant
    When the intake team asks for a recommendation
    Then the person stands at first-questions on pregnancy-and-opioid-use
    And the person stands at first-safety on opioid-withdrawal-and-treatment
    And naloxone is recommended
    Given 1 hour passes
    And the task first-questions on pregnancy-and-opioid-use is done
    When the intake team asks for a recommendation
    Then the person stands at medicine-now on pregnancy-and-opioid-use
    And the person stands at one-team on pregnancy-and-opioid-use
    And buprenorphine and methadone are recommended
    And obstetric-addiction-care is recommended
    Given 1 day passes
    And the task medicine-now on pregnancy-and-opioid-use is done
    When the intake team asks for a recommendation
    Then the person stands at medicine-now on pregnancy-and-opioid-use
    Given 4 days pass
    And the task one-team on pregnancy-and-opioid-use is done
    And pregnancy.weeks is 18 weeks
    When the intake team asks for a recommendation
    Then the person stands at visits on pregnancy-and-opioid-use
    Given 42 days pass
    And she is pregnant
    And pregnancy.weeks is 24 weeks
    When the intake team asks for a recommendation
    Then the person stands at birth-plan on pregnancy-and-opioid-use
    Given 56 days pass
    And she is pregnant
    And pregnancy.weeks is 32 weeks
    When the intake team asks for a recommendation
    Then the person stands at birth-plan-now on pregnancy-and-opioid-use
    Given 3 days pass
    And the task birth-plan-now on pregnancy-and-opioid-use is done
    When the intake team asks for a recommendation
    Then the person stands at near-birth on pregnancy-and-opioid-use
    And follow-up is at most every 7 days
    Given 49 days pass
    And she is postpartum
    And there was a birth yesterday
    When the intake team asks for a recommendation
    Then the person stands at after-birth on pregnancy-and-opioid-use
    Given 4 days pass
    And the task after-birth on pregnancy-and-opioid-use is done
    When the intake team asks for a recommendation
    Then the person stands at six-weeks on pregnancy-and-opioid-use
    And follow-up is at most every 7 days
    Given 42 days pass
    And every list was reviewed today
    And opioid.other_use_7_days is no
    And moud.days_missed is 0 days
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at first-year on pregnancy-and-opioid-use
    And follow-up is at most every 14 days
    # High risk between 7 and 12 months: nothing eases before the year is over, however steady it is
    Given 200 days pass
    And she is not pregnant
    And every list was reviewed today
    And opioid.other_use_7_days is no
    And moud.days_missed is 0 days
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at first-year on pregnancy-and-opioid-use
    Given 120 days pass
    And she is not pregnant
    And every list was reviewed today
    And opioid.other_use_7_days is no
    And moud.days_missed is 0 days
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at handed-on on pregnancy-and-opioid-use
    And the person stands at first-contact on telehealth-aftercare

  @S2-16 @T58
  Scenario: An overdose in pregnancy leads to emergency help, naloxone included, and back
    Given she is pregnant
    And the person stands at visits on pregnancy-and-opioid-use since 20 days ago
    And overdose.now is yes now
    When the intake team asks for a recommendation
    Then the person stands at emergency on pregnancy-and-opioid-use
    And naloxone is recommended at once
    Given 2 days pass
    And overdose.now is no
    And suicide.attempt_now is no
    And violence.imminent is no
    And withdrawal.seizure_now is no
    And withdrawal.delirium_now is no
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at first-questions on pregnancy-and-opioid-use

  @S2-16
  Scenario: Danger on one branch ends both, so that nobody works beside an emergency
    Given she is pregnant
    And the person stands at medicine-now on pregnancy-and-opioid-use since 1 day ago
    And the person stands at one-team on pregnancy-and-opioid-use since 1 day ago
    And overdose.now is yes now
    When the intake team asks for a recommendation
    Then the person stands at emergency on pregnancy-and-opioid-use

  @S1-04
  Scenario: Whether she is pregnant is not known, so she is not placed, and opioid treatment waits for nothing
    When the intake team asks for a recommendation
    Then the person is not on pregnancy-and-opioid-use, as far as is known
    And the person stands at first-safety on opioid-withdrawal-and-treatment

  @S1-04 @S1-18
  Scenario: The weeks are not known, so they are asked, and the visits go on
    Given she is pregnant
    And the person stands at visits on pregnancy-and-opioid-use since 20 days ago
    When the intake team asks for a recommendation
    Then the person stands at visits on pregnancy-and-opioid-use
    And it asks for pregnancy.weeks

  @S2-18
  Scenario Outline: Alcohol or sedative withdrawal in pregnancy is treated as an inpatient
    Given she is pregnant
    And the person stands at visits on pregnancy-and-opioid-use since 20 days ago
    And <known>
    When the intake team asks for a recommendation
    Then the person stands at unit on pregnancy-and-opioid-use
    And inpatient-withdrawal-management is recommended

    Examples:
      | known                            |
      | alcohol withdrawal is active     |
      | sedative.withdrawal_signs is yes |

  @S1-04 @S2-05
  Scenario: A dose that no longer lasts is answered the same day, and steady days lead back to the visits
    Given she is pregnant
    And methadone is taken
    And the person stands at visits on pregnancy-and-opioid-use since 20 days ago
    And pregnancy.opioid_dose_too_low is yes
    When the intake team asks for a recommendation
    Then the person stands at unsettled on pregnancy-and-opioid-use
    And it also calls for a same-day contact by a prescriber (E4) because of "opioid-treatment-dose-may-rise-in-pregnancy"
    Given 4 days pass
    And methadone is taken
    And moud.days_missed is 0 days
    And moud.supply_days is 6 days
    And use.returned_opioid is no
    And opioid.other_use_7_days is no
    And pregnancy.opioid_dose_too_low is no
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at visits on pregnancy-and-opioid-use

  @S1-18 @S2-08 @T62
  Scenario: A return to use after the birth, and weekly contact again once it is steady
    Given she is postpartum
    And there was a birth 200 days ago
    And buprenorphine is taken
    And the person stands at first-year on pregnancy-and-opioid-use since 150 days ago
    And use.returned_opioid is yes
    When the aftercare team asks for a recommendation
    Then the person stands at unsettled on pregnancy-and-opioid-use
    Given 4 days pass
    And buprenorphine is taken
    And moud.days_missed is 0 days
    And moud.supply_days is 6 days
    And use.returned_opioid is no
    And opioid.other_use_7_days is no
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at six-weeks on pregnancy-and-opioid-use

  @S1-18
  Scenario: A pregnancy that ends early leads to the same close care
    Given the person stands at visits on pregnancy-and-opioid-use since 20 days ago
    And the person is not pregnant today
    When the intake team asks for a recommendation
    Then the person stands at after-birth on pregnancy-and-opioid-use
    And follow-up is at most every 7 days
