namespace Etl.Loader.App.Output;

/// <summary>One line for each thing that a long start does, with the seconds since its beginning.</summary>
internal sealed class Narration(Surroundings surroundings)
{
    private readonly long _began = surroundings.Time.GetTimestamp();

    public void Say(string what) =>
        surroundings.Out.WriteLine(string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{surroundings.Time.GetElapsedTime(_began).TotalSeconds,5:0.0} s  {what}"));
}
