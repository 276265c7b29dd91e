namespace OpsConsole.Numerics.Calibration;

/// <summary>The logistic function and its inverse, without overflow.</summary>
public static class Logit
{
    /// <summary>The probability of a log-odds.</summary>
    /// <param name="logOdds">Any number.</param>
    public static double ToProbability(double logOdds)
    {
        // From the side that keeps its digits: exp of a negative number never overflows.
        var odds = Math.Exp(-Math.Abs(logOdds));
        return logOdds >= 0 ? 1 / (1 + odds) : odds / (1 + odds);
    }

    /// <summary>The log-odds of a probability.</summary>
    /// <param name="probability">In (0, 1); 0 and 1 give infinities.</param>
    public static double Of(double probability) => Math.Log(probability) - Math.Log(1 - probability);

    /// <summary>−log of the probability that a log-odds gives to what happened.</summary>
    /// <param name="logOdds">Any number.</param>
    /// <param name="label">What happened.</param>
    public static double Loss(double logOdds, bool label)
    {
        var margin = label ? logOdds : -logOdds;
        return Math.Max(0, -margin) + Math.Log(1 + Math.Exp(-Math.Abs(margin)));
    }
}
