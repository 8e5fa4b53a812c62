using System.Globalization;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Loads;

/// <summary>Holds what was accepted, and the producer's promises, against what was read.</summary>
internal static class ExpectationCheck
{
    public static void Verify(LoadSpec spec, DatasetSurvey survey)
    {
        var accepted = spec.Files.Sum(file => file.Bytes);
        if (survey.Bytes != accepted)
        {
            throw new DatasetException(
                $"{spec.Dataset}: {Amounts.Counted(accepted, "byte was", "bytes were")} accepted, and {Amounts.Count(survey.Bytes)} read.",
                "The dataset changed while it was read: deliver it again under a temporary name and rename it.");
        }

        if (spec.Expect is not { } expect)
        {
            return;
        }

        Compare("rows", expect.Rows?.ToString(CultureInfo.InvariantCulture), survey.Rows.ToString(CultureInfo.InvariantCulture));
        Compare("bytes", expect.Bytes?.ToString(CultureInfo.InvariantCulture), survey.Bytes.ToString(CultureInfo.InvariantCulture));
        Compare("sha256", expect.Sha256?.ToLowerInvariant(), survey.Sha256);

        void Compare(string what, string? expected, string found)
        {
            if (expected is not null && expected != found)
            {
                throw new DatasetException(
                    $"{spec.Dataset}: the trigger expects {what} {expected}, the dataset has {found}.",
                    "Deliver the dataset again, or correct 'expect' in the trigger.");
            }
        }
    }
}
