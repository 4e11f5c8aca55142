Feature: Pharmacogenomics
  A gene result that a laboratory reported is read together with the medicine. It changes a choice or a dose only where
  CPIC says so, with CPIC's own grade. No result, or one that nobody can read, is never a normal one, and no result ever
  outranks safety.

  Rule: One medicine is spoken of, not its whole class

    Background:
      Given a person of 44 in outpatient care
      And the medication list was reviewed today

    @S1-04 @S1-17 @V26
    Scenario: 40 mg of citalopram in a CYP2C19 poor metaboliser
      Given citalopram is taken, 40 mg a day
      And citalopram.daily_dose is 40 mg/d
      And pgx.cyp2c19 is poor
      When the intake team asks for a recommendation
      Then citalopram is withheld because of "citalopram-above-20-mg-with-a-limit"
      And "cyp2c19-poor-metaboliser-and-citalopram" holds
      And instead of citalopram it offers ssri
      And prescriber-consultation is recommended today
      And ecg is recommended soon
      And ssri is not withheld

    @S1-17 @V26 @T14
    Scenario Outline: The cap of 20 mg
      Given citalopram is taken, <dose> mg a day
      And citalopram.daily_dose is <dose> mg/d
      And <reason>
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then "citalopram-above-20-mg-with-a-limit" <state>

      Examples:
        | dose | reason                           | state         |
        | 20   | pgx.cyp2c19 is poor              | does not hold |
        | 21   | pgx.cyp2c19 is poor              | holds         |
        | 40   | pgx.cyp2c19 is intermediate      | does not hold |
        | 40   | liver disease is active          | holds         |
        | 40   | omeprazole is taken, 20 mg a day | holds         |

    @S1-12 @S1-17
    Scenario: Citalopram proposed to a poor metaboliser, another SSRI remains open
      Given citalopram is proposed
      And depression is active, moderate
      And alcohol use disorder is active, moderate
      And pgx.cyp2c19 is poor
      When the intake team asks for a recommendation
      Then ssri is recommended soon
      And a caution stands beside citalopram that says "half the usual maintenance dose" because of "cyp2c19-poor-metaboliser-and-citalopram"
      And instead of citalopram it offers ssri and snri

    @S1-17 @V27
    Scenario: Sertraline with CYP2C19 intermediate and CYP2B6 poor
      Given sertraline is proposed
      And pgx.cyp2c19 is intermediate
      And pgx.cyp2b6 is poor
      When the intake team asks for a recommendation
      Then a caution stands beside sertraline that says "a lower start, slower steps and half the usual maintenance dose" because of "sertraline-half-in-intermediate-and-poor"
      And "sertraline-slower-and-lower-moderate" does not hold

    @S1-17 @T55
    Scenario Outline: An intermediate metaboliser starts as usual where CPIC says so
      Given <medicine> is proposed
      And pgx.cyp2c19 is intermediate
      And pgx.cyp2b6 is normal
      When the intake team asks for a recommendation
      Then a caution stands beside <medicine> that says "The starting dose is not reduced" because of "<rule>"

      Examples:
        | medicine     | rule                                            |
        | citalopram   | cyp2c19-intermediate-metaboliser-and-citalopram |
        | escitalopram | cyp2c19-intermediate-metaboliser-and-citalopram |
        | sertraline   | sertraline-slower-and-lower-moderate            |

    @S1-17 @V28 @T55
    Scenario: An indeterminate CYP2D6 result is not a normal one
      Given paroxetine is proposed
      And pgx.cyp2d6 is indeterminate
      When the intake team asks for a recommendation
      Then "indeterminate-gene-result-gives-no-advice" holds
      And "cyp2d6-normal-metaboliser-and-antidepressant" does not hold
      And "cyp2d6-poor-metaboliser-and-paroxetine" does not hold
      And no caution stands beside paroxetine

    @S1-17 @T55
    Scenario: Nobody tested
      Given paroxetine is proposed
      When the intake team asks for a recommendation
      Then "cyp2d6-normal-metaboliser-and-antidepressant" cannot be settled
      And "cyp2d6-poor-metaboliser-and-paroxetine" cannot be settled
      And pharmacogenomic-review is not recommended

    @S1-17
    Scenario: With one gene reported, the other is asked about
      Given sertraline is proposed
      And pgx.cyp2c19 is normal
      When the intake team asks for a recommendation
      Then it asks for pgx.cyp2b6
      And "sertraline-usual-dose-strong" cannot be settled

  Rule: Pain relievers

    Background:
      Given a person of 44 in outpatient care
      And the medication list was reviewed today

    @S1-04 @S1-17
    Scenario Outline: Codeine and tramadol at both ends
      Given <medicine> is proposed
      And pgx.cyp2d6 is <phenotype>
      When the intake team asks for a recommendation
      Then <medicine> is withheld because of "<rule>"
      And instead of <medicine> it offers prescriber-consultation

      Examples:
        | medicine | phenotype  | rule                                       |
        | codeine  | ultrarapid | cyp2d6-ultrarapid-metaboliser-and-codeine  |
        | codeine  | poor       | cyp2d6-poor-metaboliser-and-codeine        |
        | tramadol | ultrarapid | cyp2d6-ultrarapid-metaboliser-and-tramadol |
        | tramadol | poor       | cyp2d6-poor-metaboliser-and-tramadol       |

    @S1-17 @V29 @T55
    Scenario: Bupropion hides what the genes say about codeine
      Given bupropion is taken
      And codeine is proposed
      And pgx.cyp2d6 is normal
      When the intake team asks for a recommendation
      Then prescriber-consultation and pharmacogenomic-review are recommended soon because of "antidepressant-can-mask-cyp2d6"
      And codeine is not withheld

    @S1-17 @T55
    Scenario: A medicine does not hide its own gene
      Given paroxetine is taken
      And pgx.cyp2d6 is normal
      When the intake team asks for a recommendation
      Then "antidepressant-can-mask-cyp2d6" does not hold

    @S1-17 @T40 @T55
    Scenario: A CYP2B6 result never lowers methadone
      Given opioid use disorder is active, severe
      And methadone is taken, 90 mg a day
      And pgx.cyp2b6 is poor
      When the intake team asks for a recommendation
      Then methadone is recommended
      And a caution stands beside methadone that says "Do not lower, raise or hold methadone" because of "methadone-dose-does-not-follow-cyp2b6"

  Rule: Atomoxetine goes by the activity score

    @S1-17 @T14
    Scenario Outline: Either side of a score of one, and of eighteen years
      Given a person of <age> in outpatient care
      And atomoxetine is proposed
      And pgx.cyp2d6_score is <score>
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then "<rule>" holds

      Examples:
        | age | score | rule                                      |
        | 30  | 1     | atomoxetine-in-adults-score-one-or-more   |
        | 30  | 0.75  | atomoxetine-in-adults-score-below-one     |
        | 18  | 0     | atomoxetine-in-adults-score-below-one     |
        | 17  | 1     | atomoxetine-in-children-score-one-or-more |
        | 17  | 0.25  | atomoxetine-in-children-score-below-one   |

    @S1-17
    Scenario: A score that does not fit the phenotype
      Given a person of 30 in outpatient care
      And pgx.cyp2d6 is normal
      And pgx.cyp2d6_score is 1
      When the intake team asks for a recommendation
      Then pharmacogenomic-review is recommended soon because of "cyp2d6-score-and-phenotype-must-fit"

  Rule: Carbamazepine

    Background:
      Given a person of 44 in outpatient care
      And carbamazepine is proposed
      And the medication list was reviewed today

    @S1-04 @S1-17
    Scenario: HLA-B*15:02 positive
      Given pgx.hla_b_1502 is positive
      When the intake team asks for a recommendation
      Then carbamazepine is withheld because of "hla-b-1502-rules-out-carbamazepine"
      And instead of carbamazepine it offers lithium and lamotrigine

    @S1-04 @S1-17 @T86
    Scenario: Nobody tested, so a test is offered to everybody
      When the intake team asks for a recommendation
      Then hla-test is recommended soon because of "carbamazepine-proposed-asks-for-hla", as a precaution
      And a caution stands beside carbamazepine that says "Ancestry is neither a positive nor a negative result"
      And it asks for pgx.hla_b_1502
      And carbamazepine is not withheld

    @S1-17
    Scenario: Tested and negative
      Given pgx.hla_b_1502 is negative
      And pgx.hla_a_3101 is negative
      When the intake team asks for a recommendation
      Then hla-test is not recommended
      And carbamazepine is not withheld
      And "hla-negative-and-carbamazepine" holds

    @S1-17
    Scenario Outline: Taken for long without a reaction, or without
      Given carbamazepine is taken
      And pgx.hla_b_1502 is positive
      And carbamazepine.tolerated_3_months <tolerated>
      When the intake team asks for a recommendation
      Then carbamazepine is <outcome>

      Examples:
        | tolerated       | outcome      |
        | is yes          | not withheld |
        | is no           | withheld     |
        | was never asked | withheld     |

  Rule: What no gene decides

    @S1-17 @T55
    Scenario: SLC6A4 in the report
      Given a person of 44 in outpatient care
      And sertraline is proposed
      And pgx.serotonin_genes_reported is yes
      When the intake team asks for a recommendation
      Then "serotonin-gene-results-give-no-advice" holds
      And no caution stands beside sertraline

    @S1-17 @S1-04
    Scenario: A gene never opens what safety has closed
      Given a person of 44 in outpatient care
      And bipolar disorder is active
      And sertraline is proposed
      And pgx.cyp2c19 is normal
      And pgx.cyp2b6 is normal
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then "sertraline-usual-dose-strong" holds
      And ssri is withheld because of "antidepressant-alone-not-in-bipolar"
