package main

import (
	"go/ast"
	"strings"
	"testing"
)

// secured says where each rule of SECURITY is held to, by the names of the tests. Rules
// 1 to 12 are those that every inbound byte meets; then come our own risks and the
// promises, as far as what they are about is built.
var secured = map[string]string{
	"1 the signer is the actor, both ways": "cmd/ensemble.TestForgedSignatures federation/fetch.TestByKey federation/fetch.TestActorsThatAreNotWhatTheySay cmd/ensemble.TestForged12CreateSentAndSignedByBob",
	"2 the id is on the actor's origin":    "cmd/ensemble.TestForgedSignatures cmd/ensemble.TestForged26SameActivityAnotherBody",
	"3 an embedded object is its actor's":  "cmd/ensemble.TestForgedEmbeddedObjectOfAnother cmd/ensemble.TestForged10VictimFirstInAttributedTo cmd/ensemble.TestForged7EmbeddedStampThatIsNotThere",
	"4 a document is what is at its id":    "federation/fetch.TestDocument federation/fetch.TestNoteIsByItsServer cmd/ensemble.TestForgedDocumentsThatAreNone web.TestMediaIsNeverADocument cmd/ensemble.TestFilesOfOthersComeFromHere",
	"5 handles point back, hosts are one":  "cmd/ensemble.TestHostsAreWrittenInOneWay federation/fetch.TestHandlesOfAnotherDomain federation/fetch.TestLookup federation/fetch.TestAHandleMovesToTheOneWebFingerNames",
	"6 JSON is plain and strict":           "federation/wire.TestRefusals federation/wire.TestAllowedContexts cmd/ensemble.TestForgedShapes cmd/ensemble.TestForgedJSONThatIsOdd",
	"7 what is heard twice":                "cmd/ensemble.TestForged26SameActivityAnotherBody cmd/ensemble.TestOneActivityTenTimesIsAppliedOnce",
	"8 what a signature covers": "cmd/ensemble.TestForgedSignatures federation/sign.TestPitfall1ATamperedBodyIsRefused federation/sign.TestPitfall2ASignatureOfTooLittleIsRefused " +
		"federation/sign.TestPitfall3AnOldOrFutureRequestIsRefused federation/sign.TestPitfall12TheKeyDecidesTheAlgorithm federation/sign.TestWeakAndStrangeKeysAreRefused " +
		"federation/sign.TestASignatureByRFC9421CoversWhatItMust federation/sign.TestTheContentDigestIsThatOfRFC9530",
	"9 what we fetch": "federation/fetch.TestTheGuardRefusesAddresses federation/fetch.TestNothingInsideIsCalled federation/fetch.TestRedirectsInsideAreRefused federation/fetch.TestAnOpenSiteSpeaksHTTPSAlone " +
		"federation/fetch.TestOneFetchAtATime federation/fetch.TestFailuresAreRemembered federation/fetch.TestABudgetBoundsRequests federation/fetch.TestNoProxyOfTheEnvironmentIsUsed " +
		"cmd/ensemble.TestBombsCauseFewRequests cmd/ensemble.TestForged21OfferWithPicturesInPrivateNetworks cmd/ensemble.TestCopiesAreFetchedOnceAndTakeLittleRoom cmd/ensemble.TestALinkedPageIsShown",
	"10 every limit is explicit": "cmd/ensemble.TestLimitsThatAnOperatorChose cmd/ensemble.TestEveryLimitIsDocumented federation/wire.TestLimits models/files.TestPixelBombs models/files.TestTooManyBytes " +
		"models.TestLimitsAreReadAndRefusedInWords cmd/ensemble.TestSlowConnectionsAreEnded web/call.TestBadInputs",
	"11 state first":  "cmd/ensemble.TestKilledServersLoseNothing cmd/ensemble.TestOneActivityTenTimesIsAppliedOnce cmd/ensemble.TestTwentyAcceptsAtOnceAreOne models/store.TestTaskOfARolledBackTransactionNeverRuns",
	"12 who is heard": "cmd/ensemble.TestForgedByWhomWeDoNotHear cmd/ensemble.TestBlockEndsConsent cmd/ensemble.TestASuspendedAuthor web/call.TestWhoMayCall",

	"rates": "cmd/ensemble.TestOneServerCannotFillTheInbox cmd/ensemble.TestStrangersAreLimitedByAddress cmd/ensemble.TestAThousandActivitiesAMinutePass cmd/ensemble.TestAppsAndDocumentsAreLimited " +
		"web.TestLimitsGoByAddress web/oauth.TestPasswordsAreNotGuessed models/limit.TestALimiterIsBounded",

	"risk: a celebrity without consent":           "cmd/ensemble.TestForgedCelebrityWithoutConsent cmd/ensemble.TestForged1NoteListsBobWithoutAuthorization",
	"risk: the stamp of another":                  "cmd/ensemble.TestForged2StampHostedOnAClaimingToBeBobs cmd/ensemble.TestForged3StampByAnotherOfBobsServer cmd/ensemble.TestForged4GenuineStampReplayedForAnotherNote cmd/ensemble.TestForged8StampFromElsewhereOrOfAnotherType",
	"risk: bait and switch":                       "cmd/ensemble.TestForged6TextChangedAfterConsent",
	"risk: acceptance by who may not":             "cmd/ensemble.TestForged15AnswerByAnotherThanTheInvitee cmd/ensemble.TestForged16AcceptOfAnOfferThatIsNoMore cmd/ensemble.TestForgedByWhomWeDoNotHear cmd/ensemble.TestForged50DeletedActorAndRotatedKey",
	"risk: decline races accept":                  "cmd/ensemble.TestDeclineRacesAccept cmd/ensemble.TestForged18RejectAfterAccept",
	"risk: concurrent accepts":                    "cmd/ensemble.TestTwentyAcceptsAtOnceAreOne",
	"risk: offer spam":                            "cmd/ensemble.TestForgedFloodOfOffers",
	"risk: offers expire":                         "cmd/ensemble.TestInvitationsExpire",
	"risk: private leaks":                         "cmd/ensemble.TestNothingOfAPendingPostIsVisible web/api.TestPendingCollabLeaksNowhere web.TestPendingMediaIsForThoseWhoAreAsked",
	"promise: nothing acknowledged is lost":       "cmd/ensemble.TestKilledServersLoseNothing",
	"promise: memory is bounded":                  "cmd/ensemble.TestNoBombTakesTheMemory cmd/ensemble.TestSlowConnectionsAreEnded models/limit.TestALimiterIsBounded",
	"promise: the clock can be moved":             "cmd/ensemble.TestHouseRules",
	"promise: parsers survive anything (inbox)":   "federation/wire.FuzzPeek federation/wire.FuzzDecode federation/wire.FuzzDecodeNote federation/wire.FuzzDecodeActor federation/wire.FuzzDecodeStamp",
	"promise: parsers survive anything (headers)": "federation/sign.FuzzParseCavage federation/sign.FuzzParseRFC9421 federation/sign.FuzzVerifyProof",
	"promise: parsers survive anything (rest)":    "federation/fetch.FuzzWebFinger federation/fetch.FuzzOEmbed activities/text.FuzzSanitize activities/text.FuzzRender activities/text.FuzzReadPage web/call.FuzzBodies models/files.FuzzSniff models/files.FuzzPicture models/files.FuzzProbe",
}

// TestEveryRuleHasItsTest sees that none of those tests was renamed or taken away.
func TestEveryRuleHasItsTest(t *testing.T) {
	there := map[string]bool{}
	for _, f := range goFiles(t) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test && fn.Recv == nil {
				there[f.pkg+"."+fn.Name.Name] = true
			}
		}
	}
	for rule, tests := range secured {
		names := strings.Fields(tests)
		if len(names) == 0 {
			t.Errorf("rule %q has no test", rule)
		}
		for _, name := range names {
			if !there[name] {
				t.Errorf("rule %q: there is no %s", rule, name)
			}
		}
	}
}
