Feature: Harm reduction
  Help that keeps a person alive and well is offered whatever the goal: to people who use, to those around them, in
  pregnancy, and to people who never thought that opioids had anything to do with them.

  Rule: Naloxone is for everybody who might need it

    @S1-04 @S1-08 @T58
    Scenario Outline: Not only for people who know that they use opioids
      Given a person of 27 in outpatient care
      And <known> is yes
      When the intake team asks for a recommendation
      Then naloxone and overdose-education are recommended soon because of "naloxone-for-street-drugs-and-households"

      Examples:
        | known                       |
        | use.nonprescribed           |
        | use.unknown_pills_or_powder |
        | household.opioid_risk       |

    @S2-03 @S2-18
    Scenario: Xylazine in the supply
      Given a person of 27 in outpatient care
      And adulterant.exposure is yes
      When the intake team asks for a recommendation
      Then naloxone and overdose-education are recommended today because of "adulterants-change-what-naloxone-can-do"
      And drug-checking-strips and never-use-alone-plan are recommended soon

    @S2-16 @S2-18
    Scenario: A storm after opioids mixed with a sedative
      Given a person of 27 in telehealth care
      And adulterant.withdrawal_crisis is yes
      When the intake team asks for a recommendation
      Then the first thing to do is an emergency call by emergency services (E6) because of "adulterant-withdrawal-crisis-is-an-emergency"
      And emergency-response is recommended at once

  Rule: Using with less danger

    Background:
      Given a person of 34 in outpatient care

    @S1-08 @S2-03
    Scenario: Somebody who injects
      Given use.injection is yes
      When the intake team asks for a recommendation
      Then syringe-services and safer-use-supplies are recommended soon because of "injecting-asks-for-syringe-services"
      And hiv-prevention and infection-testing-and-vaccination are recommended soon because of "injecting-or-high-exposure-asks-for-hiv-prevention"

    @S1-08
    Scenario: Somebody who smokes
      Given use.smoking_drugs is yes
      When the intake team asks for a recommendation
      Then safer-use-supplies is recommended because of "smoking-drugs-asks-for-safer-supplies"

    @S1-08 @S2-03
    Scenario: Any street drug
      Given use.nonprescribed is yes
      When the intake team asks for a recommendation
      Then drug-checking-strips is recommended because of "street-drugs-ask-for-test-strips"

    @S1-08
    Scenario: Where the law forbids test strips
      Given use.nonprescribed is yes
      And test_strips.unlawful_here is yes
      When the intake team asks for a recommendation
      Then drug-checking-strips is withheld because of "test-strips-follow-local-law"
      And naloxone is recommended soon

    @S1-08 @S2-08
    Scenario: A plan not to use alone
      Given opioid use disorder is active
      When the intake team asks for a recommendation
      Then never-use-alone-plan is recommended soon because of "opioids-or-unknown-powder-ask-for-a-plan-not-to-use-alone"
      And infection-testing-and-vaccination is recommended because of "substance-use-asks-for-infection-tests"

    @S1-02 @S2-03
    Scenario: Nobody asked how drugs are used and who is around
      Given stimulant use disorder is active
      When the intake team asks for a recommendation
      Then it asks for use.injection, use.shared_equipment, use.unknown_pills_or_powder and household.children

    @S1-04 @S1-08
    Scenario: A wound that does not heal
      Given wound.from_drug_use is yes
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then the first thing to do is a contact within 72 hours by a clinician (E3) because of "drug-wounds-ask-for-wound-care"
      And wound-care is recommended today

    @S1-12
    Scenario: Whoever says no to supplies still gets the rest
      Given use.injection is yes
      And the person would like no syringe-services
      When the intake team asks for a recommendation
      Then syringe-services is marked as declined by the person
      And hiv-prevention and infection-testing-and-vaccination are recommended soon

  Rule: At home and on the road

    Background:
      Given a person of 41 in outpatient care

    @S1-14 @S2-18
    Scenario: Methadone, and grandchildren who visit
      Given household.children is yes
      And the medication list was reviewed today and holds methadone
      When the intake team asks for a recommendation
      Then safe-storage and naloxone are recommended soon because of "children-and-medicines-ask-for-safe-storage"

    @S2-08 @S2-18
    Scenario: A firearm and heavy drinking, and a clear suicide screen
      Given means.firearm_access is yes
      And alcohol.heavy_days_30 is 4
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then lethal-means-counselling is recommended soon because of "a-firearm-and-intoxication-ask-for-means-safety"

    @S1-14
    Scenario: A driver in the second week of buprenorphine
      Given driving.or_safety_work is yes
      And moud.weeks_on_treatment is 2 weeks
      And the medication list was reviewed today and holds buprenorphine
      When the intake team asks for a recommendation
      Then driving-advice is recommended soon because of "sedation-asks-for-driving-advice"
      And buprenorphine is recommended

    @S2-01 @S2-18
    Scenario: Intoxicated on the call, with small children in the room
      Given alcohol.intoxicated_now is yes
      And household.children is yes
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then it also calls for a same-day contact by a clinician (E4) because of "intoxicated-with-driving-or-children-is-settled-before-the-end-of-contact"
