Feature: The opioid treatment pathway walks with the person
  P03b: naloxone first, medication the same day, and contact that spaces out only when everything is known to be steady.
  Use and missed doses strengthen treatment. A "no" leaves the door open.

  Background:
    Given a person of 31 in outpatient care
    And opioid use disorder is active, severe

  @S1-04 @S1-06 @S1-12 @V13
  Scenario: From naloxone over the first dose to treatment that goes on
    When the intake team asks for a recommendation
    Then the person stands at first-safety on opioid-withdrawal-and-treatment
    And naloxone is recommended
    Given 1 hour passes
    And the task first-safety on opioid-withdrawal-and-treatment is done
    And moud.choice is buprenorphine
    And opioid.physically_dependent is yes
    And opioid.fentanyl_exposure is yes
    And the COWS total is 8
    When the intake team asks for a recommendation
    Then the person stands at waiting on opioid-withdrawal-and-treatment
    And opioid-withdrawal-comfort-medication is recommended
    Given 3 hours pass
    And the COWS total is 14
    When the intake team asks for a recommendation
    Then the person stands at starting on opioid-withdrawal-and-treatment
    Given 3 hours pass
    And buprenorphine is taken
    And the task starting on opioid-withdrawal-and-treatment is done
    When the intake team asks for a recommendation
    Then the person stands at early-days on opioid-withdrawal-and-treatment
    And follow-up is every 1 day with a clinician
    Given 3 days pass
    And buprenorphine is taken
    And moud.days_missed is 0 days
    And withdrawal.precipitated is no
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at weekly on opioid-withdrawal-and-treatment
    Given 28 days pass
    And every list was reviewed today
    And buprenorphine is taken
    And moud.days_missed is 0 days
    And moud.weeks_on_treatment is 4 weeks
    And opioid.other_use_7_days is no
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at fortnightly on opioid-withdrawal-and-treatment
    Given 56 days pass
    And every list was reviewed today
    And buprenorphine is taken
    And moud.days_missed is 0 days
    And moud.weeks_on_treatment is 12 weeks
    And opioid.other_use_7_days is no
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at going-on on opioid-withdrawal-and-treatment

  @S2-16 @T63
  Scenario: An overdose leads to emergency help from every stage, and back to naloxone and the offer
    Given the person stands at going-on on opioid-withdrawal-and-treatment since 40 days ago
    And overdose.now is yes now
    When the aftercare team asks for a recommendation
    Then the person stands at emergency on opioid-withdrawal-and-treatment
    And the first thing to do is an emergency call by emergency services (E6)
    Given 2 days pass
    And overdose.now is no
    And suicide.attempt_now is no
    And violence.imminent is no
    And withdrawal.seizure_now is no
    And withdrawal.delirium_now is no
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at first-safety on opioid-withdrawal-and-treatment
    And naloxone is recommended

  @S1-12 @T63
  Scenario: Nobody has asked what the person chooses, so it is asked, and medication is offered meanwhile
    Given the person stands at first-safety on opioid-withdrawal-and-treatment since 2 hours ago
    And the task first-safety on opioid-withdrawal-and-treatment is done
    When the intake team asks for a recommendation
    Then the person stands at offer on opioid-withdrawal-and-treatment
    And it asks for moud.choice
    And buprenorphine and methadone are recommended

  @S1-04 @T38
  Scenario: Unknown pregnancy, liver and sedatives hold nothing up
    Given the person stands at offer on opioid-withdrawal-and-treatment since 2 hours ago
    And moud.choice is methadone
    When the intake team asks for a recommendation
    Then the person stands at methadone-referral on opioid-withdrawal-and-treatment

  @S1-04 @V13 @V14 @T28
  Scenario Outline: When the first dose may be given
    Given the person stands at ready on opioid-withdrawal-and-treatment since 1 hour ago
    And opioid.physically_dependent is <dependent>
    And opioid.fentanyl_exposure is <fentanyl>
    And the COWS total is <cows>
    When the intake team asks for a recommendation
    Then the person stands at <stage> on opioid-withdrawal-and-treatment

    Examples:
      | dependent | fentanyl | cows | stage    |
      | yes       | no       | 10   | waiting  |
      | yes       | no       | 11   | starting |
      | yes       | yes      | 11   | waiting  |
      | yes       | yes      | 12   | waiting  |
      | yes       | yes      | 13   | starting |
      | no        | yes      | 0    | starting |

  @S1-04
  Scenario: No score, no first dose
    Given the person stands at ready on opioid-withdrawal-and-treatment since 1 hour ago
    And opioid.physically_dependent is yes
    When the intake team asks for a recommendation
    Then the person stands at ready on opioid-withdrawal-and-treatment
    And it asks for the COWS

  @S1-04 @S2-05
  Scenario: Sudden withdrawal after the first dose, and back to the daily contacts
    Given the person stands at starting on opioid-withdrawal-and-treatment since 3 hours ago
    And withdrawal.precipitated is yes
    When the intake team asks for a recommendation
    Then the person stands at precipitated on opioid-withdrawal-and-treatment
    And the first thing to do is a contact within the hour by a prescriber (E5)
    Given 1 day passes
    And the task precipitated on opioid-withdrawal-and-treatment is done
    And withdrawal.precipitated is no
    When the intake team asks for a recommendation
    Then the person stands at early-days on opioid-withdrawal-and-treatment

  @S1-04 @T37
  Scenario: Naltrexone waits until everything is known and good
    Given the person stands at offer on opioid-withdrawal-and-treatment since 2 hours ago
    And moud.choice is naltrexone_injection
    When the intake team asks for a recommendation
    Then the person stands at opioid-free on opioid-withdrawal-and-treatment
    And it asks for lab.alt_uln and lab.ast_uln
    Given opioid.days_since_last_use is 9 days
    When the intake team asks for a recommendation
    Then the person stands at first-free on opioid-withdrawal-and-treatment
    Given 2 days pass
    And no opioid by history, medication list and urine test
    And opioid.physically_dependent is no
    And lab.alt_uln is 1 times the upper limit
    And lab.ast_uln is 1 times the upper limit
    When the intake team asks for a recommendation
    Then the person stands at injection on opioid-withdrawal-and-treatment
    Given 1 hour passes
    And the task injection on opioid-withdrawal-and-treatment is done
    When the intake team asks for a recommendation
    Then the person stands at on-naltrexone on opioid-withdrawal-and-treatment
    Given 57 days pass
    And no opioid by history, medication list and urine test
    And every list was reviewed today
    And naltrexone is taken
    And the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at going-on on opioid-withdrawal-and-treatment

  @S1-13 @S1-18 @S2-05 @T62
  Scenario: A return to use strengthens treatment, and steady days lead back
    Given the person stands at going-on on opioid-withdrawal-and-treatment since 100 days ago
    And buprenorphine is taken
    And use.returned_opioid is yes
    When the aftercare team asks for a recommendation
    Then the person stands at unsettled on opioid-withdrawal-and-treatment
    And buprenorphine is recommended
    And follow-up is every 1 day with a clinician
    Given 4 days pass
    And buprenorphine is taken
    And moud.days_missed is 0 days
    And moud.supply_days is 7 days
    And use.returned_opioid is no
    And opioid.other_use_7_days is no
    When the aftercare team asks for a recommendation
    Then the person stands at unsettled on opioid-withdrawal-and-treatment
    Given the C-SSRS was answered no throughout
    When the aftercare team asks for a recommendation
    Then the person stands at weekly on opioid-withdrawal-and-treatment

  @S1-18 @T62 @T63
  Scenario: The person stopped the medicine: closer contact, then the choice again
    Given the person stands at fortnightly on opioid-withdrawal-and-treatment since 10 days ago
    And the medication list was reviewed today
    And buprenorphine is stopped, last 5 days ago
    When the aftercare team asks for a recommendation
    Then the person stands at unsettled on opioid-withdrawal-and-treatment
    Given 3 days pass
    And the medication list was reviewed today
    When the aftercare team asks for a recommendation
    Then the person stands at offer on opioid-withdrawal-and-treatment

  @S1-12 @T62
  Scenario: A "no" leaves the door open, and a "yes" opens it the same day
    Given the person stands at offer on opioid-withdrawal-and-treatment since 2 hours ago
    And moud.choice is none_now
    When the intake team asks for a recommendation
    Then the person stands at open-door on opioid-withdrawal-and-treatment
    And naloxone and never-use-alone-plan are recommended
    Given 3 days pass
    And every list was reviewed today
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at open-door-weekly on opioid-withdrawal-and-treatment
    Given 20 days pass
    And moud.choice is methadone
    When the intake team asks for a recommendation
    Then the person stands at methadone-referral on opioid-withdrawal-and-treatment

  @S1-04
  Scenario: Somebody who already takes methadone is not asked to choose again
    Given the person stands at first-safety on opioid-withdrawal-and-treatment since 2 hours ago
    And methadone is taken
    And moud.days_missed is 0 days
    And the task first-safety on opioid-withdrawal-and-treatment is done
    When the intake team asks for a recommendation
    Then the person stands at weekly on opioid-withdrawal-and-treatment
