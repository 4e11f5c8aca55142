Feature: The alcohol withdrawal pathway walks with the person
  P03a: from the first signs to a year of monthly visits. Whatever is not known leads to closer care, never to "home by
  default", and heavy drinking again leads back to the same care without blame.

  Background:
    Given a man of 45 in outpatient care
    And alcohol use disorder is active, severe
    And alcohol.stopping_now is yes

  @S1-04 @S1-06 @S1-18 @V05 @T66
  Scenario: From withdrawal at home to a year of visits
    Given no emergency sign of withdrawal is found
    When the intake team asks for a recommendation
    Then the person stands at assessment on alcohol-withdrawal
    And follow-up is every 1 day with a clinician
    Given 1 hour passes
    And every gate to home treatment of withdrawal is known to be open
    And the CIWA-Ar total is 9
    And the task assessment on alcohol-withdrawal is done
    When the intake team asks for a recommendation
    Then the person stands at home on alcohol-withdrawal
    And ambulatory-withdrawal-management and thiamine are recommended
    Given 2 days pass
    And no emergency sign of withdrawal is found
    And withdrawal.worsening is no
    And the CIWA-Ar total is 4
    When the intake team asks for a recommendation
    Then the person stands at medicine on alcohol-withdrawal
    # Low scores on the second day do not clear the risk of delirium: contact stays daily
    Given 1 day passes
    And withdrawal.worsening is no
    And alcohol.hours_since_last_drink is 70 hours
    And the task medicine on alcohol-withdrawal is done
    When the intake team asks for a recommendation
    Then the person stands at medicine on alcohol-withdrawal
    And follow-up is every 1 day with a clinician
    Given 3 days pass
    And withdrawal.worsening is no
    And alcohol.hours_since_last_drink is 142 hours
    When the intake team asks for a recommendation
    Then the person stands at first-visit on alcohol-withdrawal
    Given 6 days pass
    And the task first-visit on alcohol-withdrawal is done
    And alcohol.heavy_again is no
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at monthly on alcohol-withdrawal
    Given 365 days pass
    And every list was reviewed today
    And alcohol.heavy_again is no
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at check-ups on alcohol-withdrawal

  @S2-16 @S2-18 @V07
  Scenario: A seizure leads to emergency help from every stage, and back once it is known to be over
    Given the person stands at home on alcohol-withdrawal since 1 day ago
    And withdrawal.seizure_now is yes now
    When the intake team asks for a recommendation
    Then the person stands at emergency on alcohol-withdrawal
    And the first thing to do is an emergency call by emergency services (E6)
    Given 2 days pass
    When the intake team asks for a recommendation
    Then the person stands at emergency on alcohol-withdrawal
    Given no emergency sign of withdrawal is found
    And overdose.now is no
    And suicide.attempt_now is no
    And violence.imminent is no
    And the C-SSRS was answered no throughout
    When the intake team asks for a recommendation
    Then the person stands at assessment on alcohol-withdrawal

  @S2-18
  Scenario Outline: An emergency sign that was measured or seen leads to emergency help
    Given no emergency sign of withdrawal is found
    And <finding> is <value> now
    When the intake team asks for a recommendation
    Then the person stands at <stage> on alcohol-withdrawal

    Examples:
      | finding                   | value      | stage      |
      | withdrawal.serious_injury | yes        | emergency  |
      | alcohol.wernicke_signs    | yes        | emergency  |
      | vital.temperature         | 38.6 Cel   | emergency  |
      | vital.temperature         | 38.5 Cel   | assessment |
      | vital.heart_rate          | 121 /min   | emergency  |
      | vital.heart_rate          | 120 /min   | assessment |
      | vital.systolic            | 181 mm[Hg] | emergency  |
      | vital.systolic            | 180 mm[Hg] | assessment |

  @S2-16 @S2-18
  Scenario: A racing heart during care at home leads to emergency help
    Given the person stands at home on alcohol-withdrawal since 1 day ago
    And vital.heart_rate is 130 /min
    When the intake team asks for a recommendation
    Then the person stands at emergency on alcohol-withdrawal
    And the first thing to do is an emergency call by emergency services (E6)

  @S2-18 @V06
  Scenario: Nobody took the vital signs, so the person is seen now
    When the intake team asks for a recommendation
    Then the person stands at emergency-signs on alcohol-withdrawal
    And it asks for vital.heart_rate, vital.temperature and withdrawal.serious_injury
    Given 2 hours pass
    When the intake team asks for a recommendation
    Then the team is told "Nobody has ruled out emergency signs yet"

  @S2-18 @V06
  Scenario: Nobody knows about the home, so a prescriber decides the same day
    Given the person stands at setting on alcohol-withdrawal since 2 hours ago
    And every gate to home treatment of withdrawal is known to be open
    And support.safe_housing is not known
    And the CIWA-Ar total is 9
    When the intake team asks for a recommendation
    Then the person stands at setting on alcohol-withdrawal
    And the way to home is held because of support.safe_housing
    And it asks for support.safe_housing

  @S2-18 @V04 @T24
  Scenario Outline: What speaks against care at home leads to a unit at once
    Given the person stands at assessment on alcohol-withdrawal since 1 hour ago
    And <finding> is <value>
    When the intake team asks for a recommendation
    Then the person stands at supervised on alcohol-withdrawal
    And the first thing to do is a same-day contact by a clinician (E4)

    Examples:
      | finding                      | value |
      | withdrawal.prior_complicated | yes   |
      | withdrawal.can_answer        | no    |
      | support.safe_housing         | no    |
      | need.transport               | yes   |

  @S2-05 @S2-18
  Scenario: Withdrawal gets worse at home, and the stay in a unit leads on to a medicine
    Given the person stands at home on alcohol-withdrawal since 1 day ago
    And withdrawal.worsening is yes
    When the intake team asks for a recommendation
    Then the person stands at supervised on alcohol-withdrawal
    Given 4 days pass
    And the task supervised on alcohol-withdrawal is done
    When the intake team asks for a recommendation
    Then the person stands at medicine on alcohol-withdrawal

  @S1-18 @S2-08 @T62
  Scenario: Heavy drinking again, the same care without blame, and monthly visits again
    Given the person stands at monthly on alcohol-withdrawal since 60 days ago
    And alcohol.heavy_again is yes
    When the aftercare team asks for a recommendation
    Then the person stands at emergency-signs on alcohol-withdrawal
    And the team is told "go back to the plan together"
    And follow-up is every 1 day with a clinician
    Given 1 hour passes
    And no emergency sign of withdrawal is found
    When the aftercare team asks for a recommendation
    Then the person stands at assessment on alcohol-withdrawal
    Given 1 hour passes
    And the CIWA-Ar total is 12
    And every gate to home treatment of withdrawal is known to be open
    And the task assessment on alcohol-withdrawal is done
    When the aftercare team asks for a recommendation
    Then the person stands at home on alcohol-withdrawal
    Given 4 days pass
    And withdrawal.worsening is no
    And the CIWA-Ar total is 2
    When the aftercare team asks for a recommendation
    Then the person stands at medicine on alcohol-withdrawal
    Given 2 days pass
    And withdrawal.worsening is no
    And the task medicine on alcohol-withdrawal is done
    And alcohol.hours_since_last_drink is 142 hours
    When the aftercare team asks for a recommendation
    Then the person stands at first-visit on alcohol-withdrawal
