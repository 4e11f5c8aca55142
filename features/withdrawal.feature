Feature: Withdrawal, and where it is treated
  Home treatment of alcohol withdrawal is a choice only when every gate is known to be open. Whatever is not known means a
  medical review today, never "home by default". A score needs a person who can answer, and it is never a diagnosis.

  Rule: Alcohol withdrawal at home, only when everything is known to allow it

    Background:
      Given a man of 44 in outpatient care
      And alcohol use disorder is active, severe
      And the C-SSRS was answered no throughout
      And alcohol.current_use is yes
      And alcohol.stopping_now is yes
      And alcohol.hours_since_last_drink is 14 hours

    @S1-04 @S2-18 @V05 @T14
    Scenario: CIWA-Ar 9 and every gate known to be open
      Given every gate to home treatment of withdrawal is known to be open
      And the CIWA-Ar total is 9
      When the intake team asks for a recommendation
      Then ambulatory-withdrawal-management is recommended today because of "home-treatment-of-alcohol-withdrawal-when-every-gate-is-met"
      And thiamine is recommended today
      And prescriber-consultation is recommended soon
      And follow-up is every 1 day with a clinician
      And inpatient-withdrawal-management is not recommended

    @S1-04 @S2-18 @T14 @T25
    Scenario Outline: One set of thresholds, 10 and 19, both inclusive
      Given every gate to home treatment of withdrawal is known to be open
      And the CIWA-Ar total is <score>
      When the intake team asks for a recommendation
      Then the first thing to do is <first>
      And "moderate-or-unscorable-signs-are-moderate-withdrawal-risk" <moderate>
      And "severe-alcohol-withdrawal-needs-inpatient-care" <severe>
      And ambulatory-withdrawal-management is <home>
      And inpatient-withdrawal-management is <inpatient>

      Examples:
        | score | first                                          | moderate      | severe        | home            | inpatient           |
        | 9     | a same-day contact by a clinician (E4)         | does not hold | does not hold | recommended     | not recommended     |
        | 10    | a same-day contact by a clinician (E4)         | holds         | does not hold | recommended     | not recommended     |
        | 18    | a same-day contact by a clinician (E4)         | holds         | does not hold | recommended     | not recommended     |
        | 19    | a contact within the hour by a prescriber (E5) | holds         | holds         | not recommended | recommended at once |

    @S1-04 @S2-18 @V04
    Scenario: CIWA-Ar 12 after an earlier withdrawal seizure
      Given every gate to home treatment of withdrawal is known to be open
      And withdrawal.prior_complicated is yes now
      And the CIWA-Ar total is 12
      When the intake team asks for a recommendation
      Then inpatient-withdrawal-management is recommended today because of "an-obstacle-to-home-withdrawal-means-inpatient-care"
      And ambulatory-withdrawal-management is not recommended
      And the first thing to do is a same-day contact by a clinician (E4) because of "an-obstacle-to-home-withdrawal-means-inpatient-care"

    @S1-04 @S2-18 @V06
    Scenario: CIWA-Ar 9, and nobody knows about the home
      Given every gate to home treatment of withdrawal is known to be open
      And support.safe_housing is not known
      And the CIWA-Ar total is 9
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "alcohol-withdrawal-needs-a-clinician-today"
      And medical-review is recommended today
      And ambulatory-withdrawal-management is not recommended because too little is known
      And it asks for support.safe_housing
      And the team is told "Home is not the default"

    @S1-04 @S2-18 @V06
    Scenario Outline: Any gate that is not known keeps home treatment from being the default
      Given every gate to home treatment of withdrawal is known to be open
      And <gate> is not known
      And the CIWA-Ar total is 6
      When the intake team asks for a recommendation
      Then ambulatory-withdrawal-management is not recommended because too little is known
      And medical-review is recommended today

      Examples:
        | gate                            |
        | withdrawal.can_answer           |
        | withdrawal.prior_complicated    |
        | withdrawal.complicating_illness |
        | withdrawal.cannot_take_oral     |
        | support.can_attend_visits       |
        | need.transport                  |
        | alcohol.intoxicated_now         |

    @S1-04 @S2-18
    Scenario Outline: Any gate that is closed means inpatient care
      Given every gate to home treatment of withdrawal is known to be open
      And <gate> is <value> now
      And the CIWA-Ar total is 6
      When the intake team asks for a recommendation
      Then inpatient-withdrawal-management is recommended today
      And ambulatory-withdrawal-management is not recommended

      Examples:
        | gate                            | value |
        | withdrawal.complicating_illness | yes   |
        | withdrawal.cannot_take_oral     | yes   |
        | support.can_attend_visits       | no    |
        | support.safe_housing            | no    |
        | need.transport                  | yes   |

    @S1-04
    Scenario: Someone who is still intoxicated is not sent home to withdraw
      Given every gate to home treatment of withdrawal is known to be open
      And alcohol.intoxicated_now is yes now
      And the CIWA-Ar total is 6
      When the intake team asks for a recommendation
      Then ambulatory-withdrawal-management is not recommended
      And "intoxication-comes-before-home-withdrawal" holds

    @S1-04 @S2-18
    Scenario: In pregnancy withdrawal is treated as inpatient
      Given a woman of 30 in outpatient care
      And every gate to home treatment of withdrawal is known to be open
      And she is pregnant
      And the CIWA-Ar total is 10
      When the intake team asks for a recommendation
      Then inpatient-withdrawal-management is recommended today because of "alcohol-withdrawal-in-pregnancy-is-treated-as-inpatient"
      And ambulatory-withdrawal-management is not recommended

    @S1-04 @T14
    Scenario: For a woman whose pregnancy status nobody knows, home is not the default
      Given a woman of 30 in outpatient care
      And every gate to home treatment of withdrawal is known to be open
      And the CIWA-Ar total is 6
      When the intake team asks for a recommendation
      Then ambulatory-withdrawal-management is not recommended because too little is known
      And it asks for patient.pregnancy

    @S2-18 @T66
    Scenario: Feeling better after a day does not clear the risk of delirium
      Given every gate to home treatment of withdrawal is known to be open
      And alcohol.hours_since_last_drink is 30 hours now
      And the CIWA-Ar total is 3
      When the intake team asks for a recommendation
      Then withdrawal-assessment is recommended today
      And follow-up is every 1 day
      And it also calls for a same-day contact by a clinician (E4) because of "alcohol-withdrawal-needs-a-clinician-today"

    @S2-18
    Scenario: A withdrawal that grows worse changes the place of treatment
      Given every gate to home treatment of withdrawal is known to be open
      And withdrawal.worsening is yes
      And the CIWA-Ar total is 12
      When the intake team asks for a recommendation
      Then the first thing to do is a contact within the hour by a prescriber (E5) because of "worsening-alcohol-withdrawal-changes-the-setting"
      And inpatient-withdrawal-management is recommended at once

    @S1-04
    Scenario: A beta-blocker hides the signs
      Given every gate to home treatment of withdrawal is known to be open
      And propranolol is taken
      And the CIWA-Ar total is 6
      When the intake team asks for a recommendation
      Then a caution stands beside ambulatory-withdrawal-management that says "may look calm" because of "beta-blockers-and-clonidine-hide-withdrawal"

  Rule: Signs of danger are an emergency, whatever the score

    @S2-16 @S2-18 @V07 @T24
    Scenario: CIWA-Ar 6 in a delirious person
      Given a person of 58 in inpatient care
      And alcohol use disorder is active, severe
      And alcohol.current_use is yes
      And alcohol.stopping_now is yes
      And withdrawal.delirium_now is yes
      And the CIWA-Ar total is 6
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "delirium-in-withdrawal-is-an-emergency"
      And the team is told "Do not rely on a withdrawal score"
      And it also calls for a same-day contact by a clinician (E4) because of "ciwa-is-invalid-when-the-person-cannot-answer"
      And ambulatory-withdrawal-management is not recommended

    @S2-17 @S2-18 @T24
    Scenario: A low score of a person who cannot answer counts for nothing
      Given a person of 58 in emergency care
      And alcohol use disorder is active, severe
      And alcohol.current_use is yes
      And alcohol.stopping_now is yes
      And withdrawal.can_answer is no
      And the CIWA-Ar total is 2
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "ciwa-is-invalid-when-the-person-cannot-answer"
      And inpatient-withdrawal-management is recommended today
      And ambulatory-withdrawal-management is not recommended

    @S2-16 @S2-18
    Scenario Outline: Signs that call an ambulance
      Given a person of 50 in outpatient care
      And <sign> is yes
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "<rule>"
      And emergency-response is recommended at once

      Examples:
        | sign                    | rule                                   |
        | withdrawal.seizure_now  | seizure-in-withdrawal-is-an-emergency  |
        | withdrawal.delirium_now | delirium-in-withdrawal-is-an-emergency |
        | alcohol.wernicke_signs  | wernicke-signs-are-an-emergency        |
        | overdose.now            | overdose-now-is-an-emergency           |

    @S2-16 @S2-18 @T14 @T15
    Scenario Outline: Vital signs above their limits, in any unit
      Given a person of 50 in outpatient care
      And alcohol.stopping_now is yes
      And <sign> is <value>
      When the intake team asks for a recommendation
      Then "unstable-vital-signs-in-alcohol-withdrawal-are-an-emergency" <state>

      Examples:
        | sign              | value      | state             |
        | vital.heart_rate  | 121 /min   | holds             |
        | vital.heart_rate  | 120 /min   | cannot be settled |
        | vital.systolic    | 181 mm[Hg] | holds             |
        | vital.systolic    | 180 mm[Hg] | cannot be settled |
        | vital.temperature | 38.6 Cel   | holds             |
        | vital.temperature | 38.5 Cel   | cannot be settled |
        | vital.temperature | 102 [degF] | holds             |
        | vital.temperature | 101 [degF] | cannot be settled |
        | vital.temperature | 102 Cel    | cannot be settled |

    @S2-01 @S2-16
    Scenario: Severe withdrawal on a screen is an emergency
      Given a person of 50 in telehealth care
      And the CIWA-Ar total is 19
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "severe-alcohol-withdrawal-by-telehealth-is-an-emergency"
      And inpatient-withdrawal-management is recommended at once

  Rule: Withdrawal may still come

    @S1-02 @S2-18 @T26
    Scenario: A breath test of zero rules nothing out
      Given a person of 50 in outpatient care
      And alcohol use disorder is active, severe
      And alcohol.current_use is yes
      And alcohol.hours_since_last_drink is 10 hours
      And ethanol is 0 mg/dL
      When the intake team asks for a recommendation
      Then withdrawal-assessment is recommended today because of "recent-heavy-drinking-needs-a-withdrawal-assessment"
      And it asks for the CIWA-Ar and withdrawal.prior_complicated

    @S2-18 @T14 @T66
    Scenario Outline: The watch lasts five days
      Given a person of 50 in outpatient care
      And alcohol use disorder is active, severe
      And the condition list was reviewed today
      And alcohol.current_use is yes
      And alcohol.stopping_now is no
      And alcohol.hours_since_last_drink is <hours> hours
      When the intake team asks for a recommendation
      Then "recent-heavy-drinking-makes-withdrawal-possible" <state>

      Examples:
        | hours | state         |
        | 96    | holds         |
        | 120   | holds         |
        | 121   | does not hold |

    @S1-14 @S2-08
    Scenario: Heavy drinking is never stopped alone
      Given a person of 50 in outpatient care
      And alcohol use disorder is active, moderate
      And alcohol.current_use is yes
      When the intake team asks for a recommendation
      Then thiamine and psychoeducation are recommended because of "heavy-drinking-is-not-stopped-alone"

    @S1-01 @S2-18 @T27
    Scenario: Two withdrawals at once
      Given a person of 37 in emergency care
      And opioid use disorder is active, severe
      And alcohol use disorder is active, severe
      And alcohol.stopping_now is yes
      And alcohol.current_use is yes
      And the COWS total is 14
      And the CIWA-Ar total is 16
      When the intake team asks for a recommendation
      Then it also calls for a same-day contact by a clinician (E4) because of "two-withdrawals-at-once-alcohol-comes-first"
      And medical-review is recommended today because of "two-withdrawals-at-once-alcohol-comes-first"

  Rule: Opioid withdrawal is relieved, and leads to treatment

    Background:
      Given a person of 28 in outpatient care
      And opioid use disorder is active, severe
      And the C-SSRS was answered no throughout

    @S1-04 @V13
    Scenario: Fentanyl in the urine, COWS 8, last use five hours ago
      Given opioid.physically_dependent is yes
      And tox.fentanyl is yes
      And opioid.hours_since_last_use is 5 hours
      And the COWS total is 8
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then opioid-withdrawal-comfort-medication and naloxone are recommended today
      And buprenorphine is recommended
      And a caution stands beside buprenorphine that says "Measure COWS again in 2 to 4 hours" because of "a-standard-buprenorphine-start-waits-for-withdrawal"
      And a caution stands beside buprenorphine that says "a low-dose start" because of "fentanyl-asks-for-a-higher-cows-or-a-low-dose-start"
      And buprenorphine is not withheld

    @S1-04 @T14
    Scenario Outline: A standard start waits for COWS 11, after fentanyl for 13
      Given opioid.physically_dependent is yes
      And opioid.fentanyl_exposure is <fentanyl>
      And tox.fentanyl is <fentanyl>
      And opioid.hours_since_last_use is 20 hours
      And the medication list was reviewed today
      And the COWS total is <score>
      When the intake team asks for a recommendation
      Then "a-standard-buprenorphine-start-waits-for-withdrawal" <standard>
      And "fentanyl-asks-for-a-higher-cows-or-a-low-dose-start" <higher>
      And buprenorphine is recommended today

      Examples:
        | fentanyl | score | standard      | higher        |
        | no       | 10    | holds         | does not hold |
        | no       | 11    | does not hold | does not hold |
        | yes      | 12    | does not hold | holds         |
        | yes      | 13    | does not hold | does not hold |

    @S1-04
    Scenario Outline: A COWS score counts for four hours
      Given opioid.physically_dependent is yes
      And opioid.fentanyl_exposure is no
      And the medication list was reviewed today
      And the COWS total is 14 <when>
      When the intake team asks for a recommendation
      Then "a-standard-buprenorphine-start-waits-for-withdrawal" <state>

      Examples:
        | when        | state             |
        | 4 hours ago | does not hold     |
        | 5 hours ago | cannot be settled |

    @S1-04 @S1-07 @S2-18 @V14 @T28 @T63
    Scenario: Ten days out of custody, no use, COWS 0
      Given opioid.physically_dependent is no
      And there was a release from custody 10 days ago
      And the event list was reviewed today
      And the COWS total is 0
      And the medication list was reviewed today
      And opioid.days_since_last_use is 200 days
      When the intake team asks for a recommendation
      Then the first thing to do is a same-day contact by a clinician (E4) because of "after-custody-opioid-tolerance-is-lost"
      And the team is told "Warn about overdose"
      And naloxone and overdose-education are recommended today
      And buprenorphine is recommended
      And a caution stands beside buprenorphine that says "Consider a low start" because of "without-dependence-buprenorphine-starts-low"
      And no caution stands beside buprenorphine because of "a-standard-buprenorphine-start-waits-for-withdrawal"

    @S1-04 @S1-18 @T63
    Scenario: Withdrawal care alone is not treatment
      Given opioid.physically_dependent is yes
      And the COWS total is 20
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then buprenorphine, methadone and naloxone are recommended today because of "opioid-withdrawal-alone-is-not-treatment"
      And inpatient-withdrawal-management is not recommended

    @S2-05 @T27
    Scenario Outline: How severe opioid withdrawal is
      Given opioid.physically_dependent is yes
      And the COWS total is <score>
      When the intake team asks for a recommendation
      Then "cows-5-or-more-is-mild-opioid-withdrawal" <mild>
      And "cows-13-or-more-is-moderate-opioid-withdrawal" <moderate>
      And "marked-opioid-withdrawal-needs-a-prescriber-today" <marked>

      Examples:
        | score | mild          | moderate      | marked        |
        | 4     | does not hold | does not hold | does not hold |
        | 5     | holds         | does not hold | does not hold |
        | 12    | holds         | does not hold | does not hold |
        | 13    | holds         | holds         | does not hold |
        | 24    | holds         | holds         | does not hold |
        | 25    | holds         | holds         | holds         |

    @S1-04 @S2-05
    Scenario: Withdrawal that a first dose brought on
      Given withdrawal.precipitated is yes
      When the intake team asks for a recommendation
      Then the first thing to do is a contact within the hour by a prescriber (E5) because of "precipitated-withdrawal-needs-a-prescriber-now"
      And opioid-withdrawal-comfort-medication is recommended at once
