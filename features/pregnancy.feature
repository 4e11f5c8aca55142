Feature: Pregnancy, birth and breastfeeding
  Treatment of addiction protects two people. It is begun and continued by the person's own choice, by one team with
  obstetrics. Pregnancy is asked about, never guessed, and no medicine is stopped suddenly because of it.

  Rule: Opioid use disorder

    Background:
      Given a woman of 26 in outpatient care
      And opioid use disorder is active, severe

    @S1-01 @S1-04 @V33 @T58 @T63
    Scenario: Twenty weeks, heroin, and the wish for detox
      Given she is pregnant
      And pregnancy.taper_wished is yes
      And pregnancy.weeks is 20 weeks
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then buprenorphine and methadone are recommended today because of "opioid-treatment-in-pregnancy"
      And naloxone and obstetric-addiction-care are recommended today
      And "no-detox-as-treatment-in-pregnancy" holds
      And extended-release-naltrexone-oud is not recommended
      And it also calls for a contact within 72 hours by a prescriber (E3) because of "opioid-treatment-begins-within-three-days-in-pregnancy"
      And follow-up is at most every 14 days

    @S1-04 @S2-05
    Scenario: The dose no longer lasts until the next day
      Given she is pregnant
      And the medication list was reviewed today and holds methadone
      And pregnancy.opioid_dose_too_low is yes
      When the intake team asks for a recommendation
      Then it also calls for a same-day contact by a prescriber (E4) because of "opioid-treatment-dose-may-rise-in-pregnancy"
      And methadone is recommended
      And methadone is not withheld

    @S1-04 @S2-19
    Scenario: The same in Spanish
      Given she is pregnant
      And the medication list was reviewed today and holds methadone
      And pregnancy.opioid_dose_too_low is yes
      When the intake team asks for a recommendation in Spanish
      Then the team is told "Considere hoy subir o dividir la dosis"

    @S1-04
    Scenario: A buprenorphine start while dependent
      Given she is pregnant
      And opioid.physically_dependent is yes
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then a caution stands beside buprenorphine that says "at least mild withdrawal" because of "buprenorphine-start-in-pregnancy-waits-for-mild-withdrawal"
      And buprenorphine is recommended today

    @S1-11 @T14
    Scenario Outline: The birth plan and the weekly visits
      Given she is pregnant
      And pregnancy.weeks is <weeks> weeks
      When the intake team asks for a recommendation
      Then "a-birth-plan-is-made-in-time" <plan>
      And "the-last-trimester-asks-for-weekly-contact" <weekly>

      Examples:
        | weeks | plan          | weekly        |
        | 23    | does not hold | does not hold |
        | 24    | holds         | does not hold |
        | 27    | holds         | does not hold |
        | 28    | holds         | holds         |

    @S1-18 @S2-05 @T14
    Scenario Outline: After birth
      Given she is postpartum
      And there was a birth <days> days ago
      And the event list was reviewed today
      When the aftercare team asks for a recommendation
      Then "after-birth-weekly-contact-and-no-automatic-dose-cut" <weekly>
      And "the-year-after-birth-is-not-spaced-out" <year>
      And naloxone is recommended

      Examples:
        | days | weekly        | year          |
        | 49   | holds         | holds         |
        | 50   | does not hold | holds         |
        | 365  | does not hold | holds         |
        | 366  | does not hold | does not hold |

    @S1-04 @S1-12
    Scenario: Breastfeeding on buprenorphine
      Given she is postpartum
      And lactation.current is yes
      And the medication list was reviewed today and holds buprenorphine
      When the aftercare team asks for a recommendation
      Then buprenorphine is recommended
      And obstetric-addiction-care is recommended because of "breastfeeding-on-methadone-or-buprenorphine-is-supported"

  Rule: Alcohol

    Background:
      Given a woman of 31 in outpatient care
      And alcohol use disorder is active

    @S1-04 @T57
    Scenario: Medicines for alcohol use disorder
      Given she is pregnant
      And disulfiram is proposed
      When the intake team asks for a recommendation
      Then disulfiram is withheld because of "disulfiram-not-in-pregnancy"
      And topiramate is not recommended
      And "acamprosate-or-gabapentin-in-pregnancy-asks-a-specialist" holds
      And addiction-specialist-consultation and obstetric-addiction-care are recommended soon
      And motivational-interviewing is recommended

    @S1-04
    Scenario: Naltrexone that works
      Given she is pregnant
      And the medication list was reviewed today and holds naltrexone
      When the intake team asks for a recommendation
      Then prescriber-consultation is recommended soon because of "stable-naltrexone-in-pregnancy-is-talked-over"
      And "stable-naltrexone-in-pregnancy-is-talked-over" holds

    @S1-02 @S2-18 @T57
    Scenario: Withdrawal, and nobody asked about pregnancy
      Given pregnancy.possible is yes
      And alcohol withdrawal is active
      When the intake team asks for a recommendation
      Then pregnancy-test is recommended today because of "unknown-pregnancy-before-alcohol-withdrawal-care"
      And it asks for patient.pregnancy

  Rule: Medicines that can harm a pregnancy

    @S1-02 @S1-04 @T57
    Scenario Outline: A test and a talk come first
      Given a person of 24 in outpatient care
      And pregnancy.possible is yes
      And <medicine> is proposed
      When the intake team asks for a recommendation
      Then pregnancy-test is recommended today because of "teratogens-ask-for-a-test-and-contraception"
      And contraception-counselling is recommended soon
      And it asks for patient.pregnancy

      Examples:
        | medicine      |
        | topiramate    |
        | valproate     |
        | carbamazepine |

    @S1-02 @T57
    Scenario: Nobody asked whether a pregnancy is possible
      Given a person of 24 in outpatient care
      And topiramate is proposed
      When the intake team asks for a recommendation
      Then "teratogens-ask-for-a-test-and-contraception" cannot be settled
      And it asks for pregnancy.possible

    @S1-04 @T52
    Scenario: Clonazepam for years
      Given a woman of 29 in outpatient care
      And she is pregnant
      And the medication list was reviewed today and holds clonazepam
      When the intake team asks for a recommendation
      Then benzodiazepine-taper is recommended because of "benzodiazepine-in-pregnancy-is-tapered-slowly"
      And a caution stands beside benzodiazepine that says "Do not stop suddenly" because of "benzodiazepine-is-never-stopped-suddenly"

    @S1-04
    Scenario: Depression while breastfeeding
      Given a woman of 29 in outpatient care
      And alcohol use disorder is active
      And depression is active
      And lactation.current is yes
      When the intake team asks for a recommendation
      Then a caution stands beside ssri that says "Sertraline first" because of "sertraline-first-in-pregnancy-and-lactation"

    @S1-04
    Scenario Outline: Other medicines
      Given a woman of 29 in outpatient care
      And she is pregnant
      And the medication list was reviewed today and holds <medicine>
      When the intake team asks for a recommendation
      Then obstetric-addiction-care is recommended because of "<rule>"

      Examples:
        | medicine        | rule                                           |
        | lithium         | lithium-in-pregnancy-needs-levels-and-a-scan   |
        | quetiapine      | antipsychotic-in-pregnancy-goes-on-if-needed   |
        | methylphenidate | psychostimulant-in-pregnancy-asks-a-specialist |
